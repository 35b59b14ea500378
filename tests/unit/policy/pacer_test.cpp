#include "daemon/policy/pacer.h"

#include <gtest/gtest.h>

#include <vector>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using Time = Pacer::Time;
using std::chrono::milliseconds;

PaceAnswer answer(Signal signal, std::optional<milliseconds> retry_after = std::nullopt) {
  PaceAnswer out;
  out.signal = signal;
  out.latency = 100ms;
  out.retry_after = retry_after;
  return out;
}

// One call that is answered after 100 ms.
void call(Pacer& pacer, Time now, const PaceAnswer& heard) {
  pacer.started(now, 0.5);
  pacer.answered(now + 100ms, heard, 0.5);
  pacer.finished();
}

// A pacer that has learned a rate of about one a second and waits for nothing else.
Pacer settled() {
  Pacer pacer({});
  for (int i = 0; i < 60; ++i) call(pacer, 1h + i * 1s, answer(Signal::ok));
  call(pacer, 1h + 60s, answer(Signal::rate_limited));
  call(pacer, 1h + 70s, answer(Signal::ok));
  return pacer;
}

TEST(Pacer, KnowsNoLimitAtFirst) {
  Pacer pacer({.max_in_flight = 100, .per_minute = {}});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pacer.may_start(1h)) << i;
    pacer.started(1h, 0.5);
  }
  EXPECT_FALSE(pacer.may_start(1h)) << "100 are under way";
  EXPECT_EQ(pacer.state(1h).wait, PaceWait::concurrency);
  pacer.finished();
  EXPECT_TRUE(pacer.may_start(1h));
}

TEST(Pacer, ObeysRetryAfterToWithin200Ms) {
  for (const auto asked : {500ms, 2'000ms, 20'000ms, 300'000ms}) {
    for (const double random : {0.0, 0.999}) {
      Pacer pacer({});
      pacer.started(1h, 0.5);
      pacer.answered(1h, answer(Signal::rate_limited, asked), random);
      pacer.finished();
      const auto wait = pacer.earliest(1h) - 1h;
      EXPECT_GE(wait, asked);
      EXPECT_LE(wait, asked + 200ms);
      EXPECT_EQ(pacer.state(1h).wait, PaceWait::rate_limit);
      EXPECT_EQ(pacer.state(1h).until, 1h + wait);
    }
  }
}

TEST(Pacer, AToldWaitIsBounded) {
  Pacer pacer({});
  call(pacer, 1h, answer(Signal::rate_limited, std::chrono::hours(24)));
  EXPECT_LE(pacer.earliest(1h), 1h + Pacer::kLongestHold + 1s);
}

TEST(Pacer, ARefusalWithoutAWordDoublesTheWaitUpToABound) {
  Pacer pacer({});
  Time now = 1h;
  Time longest{};
  for (int i = 0; i < 20; ++i) {
    call(pacer, now, answer(Signal::rate_limited));
    longest = std::max(longest, pacer.earliest(now) - now);
    now = std::max(now + 200ms, pacer.earliest(now));
  }
  EXPECT_GT(longest, 10s);
  EXPECT_LE(longest, 4min) << "twice the distance of the least rate";
}

TEST(Pacer, RefusalsOfCallsUnderWayTogetherAreOneRound) {
  Pacer pacer({});
  for (int i = 0; i < 30; ++i) pacer.started(1h, 0.5);
  for (int i = 0; i < 30; ++i) pacer.answered(1h + 100ms, answer(Signal::rate_limited), 0.5);
  EXPECT_LE(pacer.earliest(1h) - 1h, 2s);
}

TEST(Pacer, OnceRefusedCallsAreSpacedByTheRateThatWasServed) {
  auto pacer = settled();
  const auto rate = pacer.state(2h).per_minute;
  ASSERT_TRUE(rate);
  EXPECT_GT(*rate, 40);
  EXPECT_LT(*rate, 61);
  Time now = 1h + 80s;
  int calls = 0;
  for (const Time start = now; now < start + 60s; ++calls) {
    now = std::max(now, pacer.earliest(now));
    call(pacer, now, answer(Signal::ok));
  }
  EXPECT_GE(calls, *rate - 2);
  EXPECT_LE(calls, 61) << "it grows a little meanwhile";
  EXPECT_EQ(pacer.state(now).wait, PaceWait::pace);
}

TEST(Pacer, IdlenessSavesUpAFewSecondsAndNoMore) {
  auto pacer = settled();
  int at_once = 0;
  while (at_once < 1000 && pacer.may_start(2h)) {
    pacer.started(2h, 0.5);
    ++at_once;
  }
  EXPECT_GE(at_once, 4);
  EXPECT_LE(at_once, 6);
}

TEST(Pacer, WaitsForTheResetWhenNothingRemains) {
  Pacer pacer({});
  auto heard = answer(Signal::ok);
  heard.requests.remaining = 3;
  heard.requests.reset_after = 20s;
  call(pacer, 1h, heard);
  EXPECT_TRUE(pacer.may_start(1h + 1s));
  heard.requests.remaining = 0;
  call(pacer, 1h + 1s, heard);
  EXPECT_GE(pacer.earliest(1h + 2s), 1h + 21s);
  EXPECT_EQ(pacer.state(1h + 2s).wait, PaceWait::rate_limit);
}

TEST(Pacer, ARefusalWithOnlyAResetWaitsForIt) {
  Pacer pacer({});
  auto heard = answer(Signal::rate_limited);
  heard.requests.remaining = 0;
  heard.requests.reset_after = 20s;
  call(pacer, 1h, heard);
  EXPECT_GE(pacer.earliest(1h), 1h + 20s);
  EXPECT_LE(pacer.earliest(1h), 1h + 20'300ms);
}

TEST(Pacer, AConfiguredLimitIsNeverExceededInAnyMinute) {
  for (const std::uint32_t limit : {1U, 6U, 60U, 600U}) {
    Pacer pacer({.max_in_flight = 1000, .per_minute = limit});
    std::vector<Time> starts;
    Time now = 1h;
    const Time end = now + 20min;
    while (now < end) {
      now = std::max(now, pacer.earliest(now));
      // Ten minutes of idleness in between: what is saved up must not break the limit either.
      if (now > 1h + 5min && now < 1h + 15min) now = 1h + 15min;
      call(pacer, now, answer(Signal::ok));
      starts.push_back(now);
    }
    for (std::size_t i = 0; i + limit < starts.size(); ++i)
      ASSERT_GT(starts[i + limit] - starts[i], 60s) << limit << " at " << i;
    EXPECT_GE(static_cast<double>(starts.size()), 0.96 * 10 * limit) << "and it is used";
  }
}

TEST(Pacer, AnUpstreamThatFailsGetsProbesOnly) {
  auto pacer = settled();
  Time now = 2h;
  int calls = 0;
  for (; now < 2h + 5min; ++calls) {
    now = std::max(now, pacer.earliest(now));
    call(pacer, now, answer(Signal::overloaded));
    now += 100ms;
  }
  EXPECT_TRUE(pacer.upstream_down());
  EXPECT_EQ(pacer.state(now).wait, PaceWait::upstream_down);
  EXPECT_LT(calls, 80);
  now = pacer.earliest(now);
  call(pacer, now, answer(Signal::ok));
  EXPECT_FALSE(pacer.upstream_down());
  // What was not called in the outage is not saved up.
  int at_once = 0;
  while (at_once < 100 && pacer.may_start(now + 100ms)) {
    pacer.started(now + 100ms, 0.5);
    ++at_once;
  }
  EXPECT_LE(at_once, 1);
}

TEST(Pacer, AnOverloadThatNamesAWaitIsObeyed) {
  Pacer pacer({});
  call(pacer, 1h, answer(Signal::overloaded, 30s));
  EXPECT_GE(pacer.earliest(1h), 1h + 30s);
}

TEST(Pacer, OtherFailuresAndCancelledCallsDoNotSlowAnyone) {
  Pacer pacer({});
  for (int i = 0; i < 100; ++i) call(pacer, 1h + i * 1s, answer(i % 2 == 0 ? Signal::failed : Signal::cancelled));
  EXPECT_TRUE(pacer.may_start(1h + 100s));
  EXPECT_EQ(pacer.state(1h + 100s).concurrency_limit, 32U);
}

TEST(Pacer, IsNotCalmWhileTheLimitIsBeingLearned) {
  Pacer pacer({});
  EXPECT_TRUE(pacer.calm());
  call(pacer, 1h, answer(Signal::rate_limited));
  EXPECT_FALSE(pacer.calm());
  for (int i = 1; i < 20; ++i) call(pacer, 1h + i * 10s, answer(Signal::ok));
  EXPECT_TRUE(pacer.calm());
}

TEST(Pacer, NewOptionsCountAtOnce) {
  Pacer pacer({});
  pacer.set_options({.max_in_flight = 1, .per_minute = 60});
  pacer.started(1h, 0.5);
  EXPECT_FALSE(pacer.has_room());
  EXPECT_GT(pacer.earliest(1h), 1h);
}

TEST(Pacer, EachWaitHasAName) {
  for (const auto wait :
       {PaceWait::none, PaceWait::pace, PaceWait::rate_limit, PaceWait::upstream_down, PaceWait::concurrency})
    EXPECT_NE(pace_wait_name(wait), "unknown");
}

}  // namespace
}  // namespace tidegate::policy
