#include "daemon/policy/retry_policy.h"

#include <optional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

constexpr RetryOptions kOptions{4, 500ms, 8'000ms};
constexpr milliseconds kLong = 10min;

Outcome status(int code) {
  Outcome outcome;
  outcome.status = code;
  return outcome;
}

Outcome failure(ErrorCode code) {
  Outcome outcome;
  outcome.transport = code;
  return outcome;
}

Verdict verdict_of(const Outcome& outcome, std::uint32_t attempt = 1, milliseconds left = kLong) {
  return decide(kOptions, outcome, attempt, left, 0.5).verdict;
}

TEST(RetryPolicy, EachClassHasItsVerdict) {
  EXPECT_EQ(verdict_of(status(200)), Verdict::success);
  EXPECT_EQ(verdict_of(status(500)), Verdict::retry) << "retry_now";
  EXPECT_EQ(verdict_of(status(503)), Verdict::retry) << "retry_after";
  EXPECT_EQ(verdict_of(status(429)), Verdict::retry) << "pause_upstream";
  EXPECT_EQ(verdict_of(status(402)), Verdict::final_answer) << "park";
  EXPECT_EQ(verdict_of(status(404)), Verdict::final_answer) << "final";
}

TEST(RetryPolicy, EachTransportErrorHasItsVerdict) {
  const std::set<ErrorCode> repeated{ErrorCode::upstream_unreachable, ErrorCode::upstream_reset,
                                     ErrorCode::upstream_timeout, ErrorCode::upstream_truncated};
  for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    EXPECT_EQ(verdict_of(failure(code)), repeated.count(code) == 1 ? Verdict::retry : Verdict::final_error)
        << error_info(code).code;
  }
  EXPECT_EQ(verdict_of(Outcome{}), Verdict::final_error);
}

TEST(RetryPolicy, TheBodyIsHeard) {
  auto outcome = status(429);
  outcome.body.code = "insufficient_quota";
  EXPECT_EQ(verdict_of(outcome), Verdict::final_answer);
  outcome = status(401);
  outcome.body.text = "令牌验证失败 (request id: 2026)";
  EXPECT_EQ(verdict_of(outcome), Verdict::retry);
  outcome = status(200);
  outcome.body.is_error = true;
  EXPECT_EQ(verdict_of(outcome), Verdict::retry);
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.5).judgement.reason, Reason::server_error);
}

TEST(RetryPolicy, AttemptsAreBounded) {
  EXPECT_EQ(verdict_of(status(503), 3), Verdict::retry);
  EXPECT_EQ(verdict_of(status(503), 4), Verdict::attempts_spent);
  EXPECT_EQ(verdict_of(failure(ErrorCode::upstream_reset), 4), Verdict::attempts_spent);
  EXPECT_EQ(decide({1, 500ms, 8s}, status(503), 1, kLong, 0).verdict, Verdict::attempts_spent);
}

TEST(RetryPolicy, AWaitThatEndsAtOrBehindTheDeadlineIsNotBegun) {
  auto outcome = status(429);
  outcome.retry_after = 10s;
  EXPECT_EQ(decide(kOptions, outcome, 1, 10'001ms, 0).verdict, Verdict::retry);
  EXPECT_EQ(decide(kOptions, outcome, 1, 10'000ms, 0).verdict, Verdict::deadline_too_near);
  EXPECT_EQ(verdict_of(status(500), 1, 0ms), Verdict::deadline_too_near);
  EXPECT_EQ(verdict_of(status(500), 1, -5ms), Verdict::deadline_too_near);
}

TEST(RetryPolicy, BackoffDoublesUpToItsBoundWithFullJitter) {
  const RetryOptions many{99, 500ms, 8'000ms};
  const auto wait = [&](std::uint32_t attempt, double random) {
    return decide(many, status(500), attempt, kLong, random).wait;
  };
  EXPECT_EQ(wait(1, 0.0), 0ms);
  EXPECT_EQ(wait(1, 0.5), 250ms);
  EXPECT_EQ(wait(2, 0.5), 500ms);
  EXPECT_EQ(wait(3, 0.5), 1000ms);
  EXPECT_EQ(wait(5, 0.5), 4000ms);
  EXPECT_EQ(wait(6, 0.5), 4000ms);
  EXPECT_EQ(wait(98, 0.5), 4000ms) << "no overflow, however many attempts";
  EXPECT_EQ(decide({99, 24h, 24h}, status(500), 98, 48h, 0.5).wait, 12h);
}

TEST(RetryPolicy, RetryAfterIsObeyedToWithin200Ms) {
  auto outcome = status(429);
  for (const milliseconds asked : {0ms, 250ms, 1'000ms, 5'000ms, 60'000ms}) {
    outcome.retry_after = asked;
    EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.0).wait, asked);
    const auto latest = decide(kOptions, outcome, 3, kLong, 0.999).wait;
    EXPECT_GE(latest, asked);
    EXPECT_LE(latest - asked, 100ms) << "the rest of the 200 ms is for the work between";
  }
  outcome.retry_after = 5s;
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.5).wait, 5'050ms);
}

TEST(RetryPolicy, ARowsOwnWaitIsAFloor) {
  auto outcome = status(503);
  outcome.body.text = "当前分组 default 下对于模型 gpt-4 无可用渠道";
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.0).wait, 5'000ms);
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.5).wait, 6'250ms);
  outcome.retry_after = 1s;
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.0).wait, 1'000ms) << "the upstream knows better";
  const RetryOptions slow{9, 500ms, 60'000ms};
  EXPECT_EQ(decide(slow, status(529), 8, kLong, 0.5).wait, 30'000ms) << "and so does the backoff, once it is longer";
}

TEST(RetryPolicy, ByDefaultThereAreSixTriesInAll) {
  const RetryOptions defaults;
  EXPECT_EQ(decide(defaults, status(503), 5, kLong, 0.5).verdict, Verdict::retry);
  EXPECT_EQ(decide(defaults, status(503), 6, kLong, 0.5).verdict, Verdict::attempts_spent);
}

// Tries one request until it is given up, each try taking `each`; when they began.
std::vector<milliseconds> tries_of(const RetryOptions& options, const Outcome& outcome, milliseconds each,
                                   double random) {
  std::vector<milliseconds> began;
  TryTimes tries;
  milliseconds now = 7min;
  while (true) {
    tries.began(now);
    began.push_back(now);
    now += each;
    const auto decision = decide(options, outcome, tries.count(), kLong, random, tries.wait(now));
    if (decision.verdict != Verdict::retry) return began;
    now += decision.wait;
  }
}

TEST(RetryPolicy, NoMoreThanFourTriesFallIntoAnyThreeSeconds) {
  for (const double random : {0.0, 0.1, 0.5, 0.999})
    for (const milliseconds each : {0ms, 1ms, 400ms, 1'000ms, 20'000ms})
      for (const std::optional<milliseconds> asked : {std::optional<milliseconds>{}, {0ms}, {100ms}, {900ms}}) {
        auto outcome = status(429);
        outcome.retry_after = asked;
        const auto began = tries_of({20, 10ms, 8'000ms}, outcome, each, random);
        ASSERT_EQ(began.size(), 20U);
        for (std::size_t i = 4; i < began.size(); ++i)
          EXPECT_GE(began[i] - began[i - 4], 3'000ms) << i << " " << random << " " << each.count();
      }
}

TEST(RetryPolicy, TheBoundDelaysNothingThatKeepsIt) {
  auto outcome = status(429);
  outcome.retry_after = 1s;
  const auto began = tries_of({6, 500ms, 8'000ms}, outcome, 0ms, 0.0);
  ASSERT_EQ(began.size(), 6U);
  for (std::size_t i = 1; i < began.size(); ++i) EXPECT_EQ(began[i] - began[i - 1], 1s);
  TryTimes tries;
  EXPECT_EQ(tries.wait(0ms), 0ms);
  for (int i = 0; i < 3; ++i) tries.began(1s);
  EXPECT_EQ(tries.wait(1s), 0ms);
  tries.began(1s);
  EXPECT_EQ(tries.count(), 4U);
  EXPECT_EQ(tries.wait(1s), 3s);
  EXPECT_EQ(tries.wait(2s), 2s);
  EXPECT_EQ(tries.wait(5s), 0ms);
}

TEST(RetryPolicy, AStaleConnectionIsReplacedAtOnceButOnlyFirst) {
  auto outcome = failure(ErrorCode::upstream_reset);
  outcome.stale_connection = true;
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.9).wait, 0ms);
  EXPECT_EQ(decide(kOptions, outcome, 2, kLong, 0.9).wait, 900ms);
}

TEST(RetryPolicy, EachVerdictHasAName) {
  std::set<std::string_view> names;
  for (const auto verdict : {Verdict::success, Verdict::final_answer, Verdict::final_error, Verdict::retry,
                             Verdict::attempts_spent, Verdict::budget_spent, Verdict::deadline_too_near})
    names.insert(verdict_name(verdict));
  EXPECT_EQ(names.size(), 7U);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_EQ(verdict_name(Verdict::deadline_too_near), "deadline_too_near");
}

}  // namespace
}  // namespace tidegate::policy
