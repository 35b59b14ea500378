#include "daemon/policy/client_advice.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

constexpr RetryOptions kOptions{6, 500ms, 8'000ms};

Outcome status(int code) {
  Outcome outcome;
  outcome.status = code;
  return outcome;
}

ClientAdvice advice(const Outcome& outcome, std::uint32_t attempt = 1, milliseconds left = 10min,
                    milliseconds estimate = 2s) {
  return client_advice(decide(kOptions, outcome, attempt, left, 0.5), outcome, estimate);
}

TEST(ClientAdvice, AGoodAnswerNeedsNone) {
  EXPECT_EQ(advice(status(200)), (ClientAdvice{200, true, std::nullopt}));
  EXPECT_EQ(advice(status(304)), (ClientAdvice{304, true, std::nullopt}));
}

TEST(ClientAdvice, FinalAnswersAreNotToBeTriedAgainAndKeepTheirStatus) {
  for (const int code : {400, 401, 402, 403, 404, 413, 418, 422, 501})
    EXPECT_EQ(advice(status(code)), (ClientAdvice{code, false, std::nullopt})) << code;
}

TEST(ClientAdvice, WhenOurTriesAreSpentTheSdkMustNotMultiplyThem) {
  for (const int code : {408, 429, 500, 502, 503, 504, 524, 529}) {
    auto outcome = status(code);
    outcome.retry_after = 1s;
    EXPECT_EQ(advice(outcome, 6), (ClientAdvice{code, false, std::nullopt})) << code;
  }
}

TEST(ClientAdvice, WhenTheRetryBudgetIsSpentNeither) {
  const auto outcome = status(503);
  auto decision = decide(kOptions, outcome, 1, 10min, 0.5);
  decision.verdict = Verdict::budget_spent;
  EXPECT_EQ(client_advice(decision, outcome, 2s), (ClientAdvice{503, false, std::nullopt}));
}

TEST(ClientAdvice, WhereOnlyTheTimeWasTooShortTheClientMayComeAgain) {
  auto outcome = status(429);
  outcome.retry_after = 12s;
  EXPECT_EQ(advice(outcome, 1, 5s), (ClientAdvice{429, true, 12s}));
  EXPECT_EQ(advice(status(503), 1, 0ms), (ClientAdvice{503, true, 2s})) << "with our own estimate";
}

TEST(ClientAdvice, NoWaitOfMinutesIsHandedOn) {
  auto outcome = status(429);
  outcome.retry_after = 1h;
  EXPECT_EQ(advice(outcome, 1, 5s).retry_after, kLongestAdvice);
  EXPECT_EQ(advice(status(503), 1, 0ms, 5min).retry_after, kLongestAdvice);
  outcome.retry_after = 0ms;
  EXPECT_EQ(advice(outcome, 1, 0ms).retry_after, kShortestAdvice);
  EXPECT_EQ(client_advice(ErrorCode::queue_full, 10min).retry_after, kLongestAdvice);
  EXPECT_EQ(client_advice(ErrorCode::queue_full, 0ms).retry_after, kShortestAdvice);
}

TEST(ClientAdvice, PassingTroublesNeverLookLikeABadKey) {
  auto outcome = status(401);
  outcome.body.text = "令牌验证失败";
  EXPECT_EQ(advice(outcome, 6).status, 503);
  outcome = status(402);
  outcome.body.limit_source = "openrouter_in_flight_budget";
  EXPECT_EQ(advice(outcome, 6).status, 429);
  outcome = status(403);
  outcome.body.type = "rate_limit_error";
  EXPECT_EQ(advice(outcome, 6).status, 429);
}

TEST(ClientAdvice, AFailureInAGoodAnswerIsShownAsOne) {
  auto outcome = status(200);
  outcome.body.is_error = true;
  EXPECT_EQ(advice(outcome, 6).status, 503);
  outcome.body.type = "insufficient_quota";
  EXPECT_EQ(advice(outcome), (ClientAdvice{402, false, std::nullopt}));
  outcome.body.type = "invalid_request_error";
  EXPECT_EQ(advice(outcome).status, 400);
  outcome.body.type = "rate_limit_error";
  EXPECT_EQ(advice(outcome, 6).status, 429);
  outcome.body = {};
  outcome.body.is_error = true;
  outcome.body.code = "502";
  EXPECT_EQ(advice(outcome, 6).status, 502);
  outcome.body.code = "402";
  EXPECT_EQ(advice(outcome).status, 402);
  outcome.body.limit_source = "openrouter_in_flight_budget";
  EXPECT_EQ(advice(outcome, 6).status, 429);
}

TEST(ClientAdvice, EveryPassingTroubleOfOursIs429Or503WithAShortWait) {
  for (const auto code :
       {ErrorCode::queue_full, ErrorCode::queue_timeout, ErrorCode::draining, ErrorCode::too_many_connections}) {
    const auto given = client_advice(code, 2s);
    EXPECT_TRUE(given.status == 429 || given.status == 503) << error_info(code).code;
    EXPECT_TRUE(given.may_retry) << error_info(code).code;
    EXPECT_EQ(given.retry_after, 2s) << error_info(code).code;
  }
}

TEST(ClientAdvice, AFailureWithoutAnAnswerIsOurs) {
  Outcome outcome;
  outcome.transport = ErrorCode::upstream_unreachable;
  EXPECT_EQ(advice(outcome, 6), (ClientAdvice{503, false, std::nullopt}));
  outcome.transport = ErrorCode::upstream_tls;
  EXPECT_EQ(advice(outcome), (ClientAdvice{502, false, std::nullopt}));
}

}  // namespace
}  // namespace tidegate::policy
