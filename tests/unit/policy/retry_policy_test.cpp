#include "daemon/policy/retry_policy.h"

#include <set>
#include <string>

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

TEST(RetryPolicy, EachStatusHasItsVerdict) {
  const std::set<int> repeated{408, 429, 500, 502, 503, 504, 529};
  for (int code = 200; code <= 599; ++code) {
    const bool again = repeated.count(code) == 1;
    EXPECT_EQ(retryable_status(code), again) << code;
    EXPECT_EQ(verdict_of(status(code)), code < 400 ? Verdict::success
                                        : again    ? Verdict::retry
                                                   : Verdict::final_answer)
        << code;
  }
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

TEST(RetryPolicy, TheUpstreamsAdviceIsStrongerThanTheStatus) {
  auto outcome = status(400);
  outcome.upstream_advice = true;
  EXPECT_EQ(verdict_of(outcome), Verdict::retry);
  outcome = status(503);
  outcome.upstream_advice = false;
  EXPECT_EQ(verdict_of(outcome), Verdict::final_answer);
  outcome = status(200);
  outcome.upstream_advice = true;
  EXPECT_EQ(verdict_of(outcome), Verdict::success) << "an answer is an answer";
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

TEST(RetryPolicy, RetryAfterIsObeyedAndSpreadUpwards) {
  auto outcome = status(429);
  outcome.retry_after = 5s;
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.0).wait, 5'000ms);
  EXPECT_EQ(decide(kOptions, outcome, 1, kLong, 0.5).wait, 5'250ms);
  outcome.retry_after = 60s;
  EXPECT_EQ(decide(kOptions, outcome, 3, kLong, 0.999).wait, 60'999ms) << "the spread is a second at most";
  outcome.retry_after = 0ms;
  EXPECT_EQ(decide(kOptions, outcome, 3, kLong, 0.9).wait, 0ms);
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
