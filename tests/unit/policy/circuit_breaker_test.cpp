#include "daemon/policy/circuit_breaker.h"

#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;
using Time = CircuitBreaker::Time;

struct CircuitBreakerTest : testing::Test {
  CircuitBreaker breaker;
  Time now = 1h;

  void good() {
    const auto pass = breaker.started(now);
    breaker.succeeded(pass, now);
    breaker.finished(pass);
  }
  void gone(double random = 1.0) {
    const auto pass = breaker.started(now);
    breaker.failed(pass, now, random);
    breaker.finished(pass);
  }
  void open() {
    for (int i = 0; i < 5; ++i) gone();
    ASSERT_EQ(breaker.state(now), State::open);
  }
  void to_half_open() { now = breaker.open_until(); }
};

TEST_F(CircuitBreakerTest, FailuresInARowOpenIt) {
  for (int i = 0; i < 4; ++i) gone();
  EXPECT_EQ(breaker.state(now), State::closed);
  EXPECT_TRUE(breaker.may_start(now));
  gone();
  EXPECT_EQ(breaker.state(now), State::open);
  EXPECT_FALSE(breaker.may_start(now));
  EXPECT_EQ(breaker.limit(now), 0U);
  EXPECT_EQ(breaker.open_until(), now + 1s);
  EXPECT_EQ(breaker.opened_at(), now);
  EXPECT_EQ(breaker.opened_total(), 1U);
}

TEST_F(CircuitBreakerTest, ASuccessBetweenThemDoesNot) {
  for (int i = 0; i < 19; ++i) i % 5 == 4 ? good() : gone();
  EXPECT_EQ(breaker.state(now), State::closed);
}

TEST_F(CircuitBreakerTest, HalfOfAWindowsAttemptsOpenIt) {
  for (int i = 0; i < 19; ++i) i % 2 == 0 ? gone() : good();
  EXPECT_EQ(breaker.state(now), State::closed) << "too few to say";
  good();
  EXPECT_EQ(breaker.state(now), State::closed) << "a success opens nothing";
  gone();
  EXPECT_EQ(breaker.state(now), State::open);
}

TEST_F(CircuitBreakerTest, LessThanHalfDoesNot) {
  for (int i = 0; i < 300; ++i) i % 5 < 2 ? gone() : good();
  EXPECT_EQ(breaker.state(now), State::closed);
}

TEST_F(CircuitBreakerTest, TheWindowForgets) {
  for (const auto pause : {10s, 11s, 60s, 100'000s}) {
    breaker.reset();
    for (int i = 0; i < 18; ++i) i % 2 == 0 ? gone() : good();
    now += pause;
    gone();
    good();
    gone();
    EXPECT_EQ(breaker.state(now), State::closed) << pause.count();
  }
  for (int i = 0; i < 8; ++i) {
    now += 1s;
    gone();
    good();
  }
  EXPECT_EQ(breaker.state(now), State::closed) << "never twenty in ten seconds";
}

TEST_F(CircuitBreakerTest, HalfOpenIsOneProbeAtATime) {
  open();
  now += 999ms;
  EXPECT_EQ(breaker.state(now), State::open);
  now += 1ms;
  EXPECT_EQ(breaker.state(now), State::half_open);
  EXPECT_TRUE(breaker.may_start(now));
  const auto probe = breaker.started(now);
  EXPECT_FALSE(breaker.may_start(now));
  now += 1h;
  EXPECT_FALSE(breaker.may_start(now)) << "as long as it takes";
  breaker.finished(probe);  // given up by its client: says nothing
  EXPECT_EQ(breaker.state(now), State::half_open);
  EXPECT_TRUE(breaker.may_start(now));
}

TEST_F(CircuitBreakerTest, AFailedProbeOpensItForTwiceAsLongUpToABound) {
  open();
  for (const auto expected : {2s, 4s, 4s, 4s}) {
    to_half_open();
    gone();
    EXPECT_EQ(breaker.state(now), State::open);
    EXPECT_EQ(breaker.open_until() - now, expected);
  }
  for (int i = 0; i < 100; ++i) {
    to_half_open();
    gone();
  }
  EXPECT_EQ(breaker.open_until() - now, 4s);
  EXPECT_EQ(breaker.opened_total(), 1U) << "one outage, however many probes";
}

TEST_F(CircuitBreakerTest, TheOpenTimeIsSpread) {
  for (const double random : {0.0, 0.25, 0.999}) {
    CircuitBreaker one;
    for (int i = 0; i < 5; ++i) one.failed(one.started(now), now, random);
    const auto wait = std::chrono::duration<double>(one.open_until() - now).count();
    EXPECT_NEAR(wait, 0.5 + random / 2, 1e-6);
  }
}

TEST_F(CircuitBreakerTest, ComesBackSlowly) {
  open();
  to_half_open();
  std::vector<CircuitBreaker::Pass> under_way;
  std::vector<std::size_t> rounds;
  while (breaker.state(now) != State::closed) {
    ASSERT_LT(rounds.size(), 10U);
    while (breaker.may_start(now) && under_way.size() < 100) under_way.push_back(breaker.started(now));
    rounds.push_back(under_way.size());
    now += 1s;
    for (const auto pass : under_way) breaker.succeeded(pass, now);
    for (const auto pass : under_way) breaker.finished(pass);
    under_way.clear();
  }
  EXPECT_EQ(rounds, (std::vector<std::size_t>{1, 2, 4, 8, 16}));
  EXPECT_EQ(breaker.limit(now), std::numeric_limits<std::uint32_t>::max());
}

TEST_F(CircuitBreakerTest, AFailureWhileRecoveringHalvesAndTheLastOneOpens) {
  open();
  to_half_open();
  for (int i = 0; i < 7; ++i) good();
  EXPECT_EQ(breaker.limit(now), 8U);
  gone();
  EXPECT_EQ(breaker.limit(now), 4U);
  gone();
  gone();
  EXPECT_EQ(breaker.limit(now), 1U);
  EXPECT_EQ(breaker.state(now), State::recovering);
  gone();
  EXPECT_EQ(breaker.state(now), State::open);
  EXPECT_EQ(breaker.open_until() - now, 2s);
  EXPECT_EQ(breaker.opened_total(), 1U);
}

TEST_F(CircuitBreakerTest, AttemptsFromBeforeTheOpeningNoLongerCount) {
  const auto old_good = breaker.started(now);
  const auto old_bad = breaker.started(now);
  open();
  breaker.succeeded(old_good, now);
  EXPECT_EQ(breaker.state(now), State::open);
  to_half_open();
  EXPECT_TRUE(breaker.may_start(now)) << "they do not take the probe's place, though they hang";
  const auto probe = breaker.started(now);
  breaker.failed(old_bad, now, 1.0);
  breaker.finished(old_bad);
  breaker.finished(old_good);
  EXPECT_EQ(breaker.state(now), State::half_open);
  EXPECT_FALSE(breaker.may_start(now));
  breaker.succeeded(probe, now);
  breaker.finished(probe);
  EXPECT_EQ(breaker.limit(now), 2U);
}

TEST_F(CircuitBreakerTest, OnlyAfterACalmTimeItBeginsSmallAgain) {
  const auto open_and_close = [&] {
    open();
    to_half_open();
    gone();
    const auto wait = breaker.open_until() - now;
    to_half_open();
    while (breaker.state(now) != State::closed) good();
    return wait;
  };
  EXPECT_EQ(open_and_close(), 2s);
  now += CircuitBreaker::kCalm - 1ms;
  EXPECT_EQ(open_and_close(), 4s) << "an upstream that comes and goes";
  now += CircuitBreaker::kCalm;
  EXPECT_EQ(open_and_close(), 2s);
  EXPECT_EQ(breaker.opened_total(), 3U);
}

TEST_F(CircuitBreakerTest, ResetForgetsTheOutage) {
  open();
  const auto old = breaker.started(now);
  breaker.reset();
  EXPECT_EQ(breaker.state(now), State::closed);
  for (int i = 0; i < 4; ++i) gone();
  breaker.failed(old, now, 1.0);
  EXPECT_EQ(breaker.state(now), State::closed);
  gone();
  EXPECT_EQ(breaker.open_until() - now, 1s);
}

TEST_F(CircuitBreakerTest, OptionsCount) {
  CircuitBreaker::Options options;
  options.consecutive = 2;
  options.open_initial = 10ms;
  options.open_max = 15ms;
  options.recovered_at = 3;
  breaker.set_options(options);
  gone();
  gone();
  EXPECT_EQ(breaker.open_until() - now, 10ms);
  to_half_open();
  gone();
  EXPECT_EQ(breaker.open_until() - now, 15ms);
  to_half_open();
  good();
  EXPECT_EQ(breaker.state(now), State::recovering);
  good();
  EXPECT_EQ(breaker.state(now), State::closed);
}

TEST_F(CircuitBreakerTest, EachStateHasAName) {
  EXPECT_EQ(state_name(State::closed), "closed");
  EXPECT_EQ(state_name(State::open), "open");
  EXPECT_EQ(state_name(State::half_open), "half_open");
  EXPECT_EQ(state_name(State::recovering), "recovering");
}

}  // namespace
}  // namespace tidegate::policy
