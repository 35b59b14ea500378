#include "daemon/policy/judge.h"

#include <set>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

Outcome status(int code) {
  Outcome outcome;
  outcome.status = code;
  return outcome;
}

TEST(Judge, GoodAnswersAreSuccess) {
  for (const int code : {200, 201, 204, 206, 301, 304, 399}) EXPECT_EQ(judge(status(code)), Judgement{}) << code;
}

TEST(Judge, WithoutABodyTheStatusDecides) {
  const std::set<int> repeated{408, 409, 425, 429};
  const std::set<int> not_repeated{501, 505, 511, 526};
  for (int code = 400; code <= 599; ++code) {
    const bool again = code < 500 ? repeated.count(code) == 1 : not_repeated.count(code) == 0;
    EXPECT_EQ(passing(judge(status(code)).cls), again) << code;
  }
  EXPECT_EQ(judge(status(600)).cls, FailureClass::final);
}

TEST(Judge, TheStatusNamesTheReason) {
  EXPECT_EQ(judge(status(429)).cls, FailureClass::pause_upstream);
  EXPECT_EQ(judge(status(429)).reason, Reason::rate_limited);
  EXPECT_EQ(judge(status(503)).cls, FailureClass::retry_after);
  EXPECT_EQ(judge(status(503)).reason, Reason::overloaded);
  EXPECT_EQ(judge(status(529)).at_least, 1'000ms);
  EXPECT_EQ(judge(status(500)).reason, Reason::server_error);
  EXPECT_EQ(judge(status(502)).reason, Reason::bad_gateway);
  EXPECT_EQ(judge(status(504)).reason, Reason::timeout);
  EXPECT_EQ(judge(status(524)).reason, Reason::timeout);
  EXPECT_EQ(judge(status(401)).cls, FailureClass::park);
  EXPECT_EQ(judge(status(401)).reason, Reason::key);
  EXPECT_EQ(judge(status(402)).reason, Reason::money);
  EXPECT_EQ(judge(status(403)).reason, Reason::forbidden);
}

TEST(Judge, EachTransportErrorHasItsJudgement) {
  const auto of = [](ErrorCode code) {
    Outcome outcome;
    outcome.transport = code;
    return judge(outcome);
  };
  EXPECT_EQ(of(ErrorCode::upstream_unreachable), (Judgement{FailureClass::retry_now, Reason::unreachable}));
  EXPECT_EQ(of(ErrorCode::upstream_reset), (Judgement{FailureClass::retry_now, Reason::reset}));
  EXPECT_EQ(of(ErrorCode::upstream_timeout), (Judgement{FailureClass::retry_now, Reason::timeout}));
  EXPECT_EQ(of(ErrorCode::upstream_truncated), (Judgement{FailureClass::retry_now, Reason::truncated}));
  EXPECT_EQ(of(ErrorCode::upstream_tls), (Judgement{FailureClass::final, Reason::tls}));
  EXPECT_EQ(of(ErrorCode::upstream_protocol), (Judgement{FailureClass::final, Reason::protocol}));
  EXPECT_EQ(of(ErrorCode::internal), (Judgement{FailureClass::final, Reason::other}));
  EXPECT_EQ(judge(Outcome{}).cls, FailureClass::final);
}

TEST(Judge, SixStatusesAreOneCallWhateverTheUpstreamAdvises) {
  for (const int code : {400, 401, 403, 404, 413, 422}) {
    auto outcome = status(code);
    outcome.upstream_advice = true;
    outcome.retry_after = 1s;
    EXPECT_FALSE(passing(judge(outcome).cls)) << code;
  }
}

TEST(Judge, OtherwiseItsAdviceIsStrongerThanTheStatus) {
  auto outcome = status(418);
  outcome.upstream_advice = true;
  EXPECT_EQ(judge(outcome), (Judgement{FailureClass::retry_now, Reason::advised}));
  outcome = status(503);
  outcome.upstream_advice = false;
  EXPECT_EQ(judge(outcome), (Judgement{FailureClass::final, Reason::advised}));
  outcome = status(200);
  outcome.upstream_advice = true;
  EXPECT_EQ(judge(outcome).cls, FailureClass::success) << "an answer is an answer";
}

TEST(Judge, AdviceDoesNotHideWhatTheBodySays) {
  auto outcome = status(429);
  outcome.body.type = "insufficient_quota";
  outcome.upstream_advice = true;
  EXPECT_EQ(judge(outcome).reason, Reason::money);
  outcome = status(500);
  outcome.body.code = "sensitive_words_detected";
  outcome.upstream_advice = true;
  EXPECT_EQ(judge(outcome).reason, Reason::content_filter);
  outcome = status(402);
  outcome.upstream_advice = false;
  EXPECT_EQ(judge(outcome).reason, Reason::money) << "false changes nothing where nothing is repeated";
}

TEST(Judge, AWaitWith503PausesTheUpstream) {
  auto outcome = status(503);
  outcome.retry_after = 2s;
  EXPECT_EQ(judge(outcome).cls, FailureClass::pause_upstream);
  EXPECT_EQ(judge(outcome).reason, Reason::overloaded);
  outcome = status(500);
  outcome.retry_after = 2s;
  EXPECT_EQ(judge(outcome).cls, FailureClass::retry_now);
}

TEST(Judge, LettersCaseIsIgnored) {
  auto outcome = status(429);
  outcome.body.code = "Insufficient_Quota";
  EXPECT_EQ(judge(outcome).reason, Reason::money);
  outcome = status(400);
  outcome.body.text = "THIS MODEL'S MAXIMUM CONTEXT LENGTH IS 8192 TOKENS";
  EXPECT_EQ(judge(outcome).reason, Reason::context_overflow);
}

TEST(Judge, AStarStandsForAnythingAtOneEnd) {
  auto outcome = status(429);
  outcome.body.code = "project_spend_limit_exceeded";
  EXPECT_EQ(judge(outcome).reason, Reason::money);
  outcome.body.code = "project_spend_limit_exceeded_soon";
  EXPECT_EQ(judge(outcome).reason, Reason::rate_limited);
  outcome = status(500);
  outcome.body.code = "channel:no_available_key";
  EXPECT_EQ(judge(outcome).reason, Reason::no_channel);
  outcome.body.code = "channel";
  EXPECT_EQ(judge(outcome).reason, Reason::server_error);
}

TEST(Judge, AGoodAnswerWithAnErrorIsAFailure) {
  auto outcome = status(200);
  outcome.body.is_error = true;
  EXPECT_EQ(effective_status(outcome), kUnnamedFailure);
  EXPECT_EQ(judge(outcome), (Judgement{FailureClass::retry_now, Reason::server_error}));
  outcome.body.code = "429";
  EXPECT_EQ(effective_status(outcome), 429);
  EXPECT_EQ(judge(outcome).reason, Reason::rate_limited);
  outcome.body.code = "99999";
  EXPECT_EQ(effective_status(outcome), kUnnamedFailure);
  outcome.body.is_error = false;
  EXPECT_EQ(judge(outcome).cls, FailureClass::success);
}

TEST(Judge, TheCodeInTheBodyDoesNotChangeAFailingStatus) {
  auto outcome = status(503);
  outcome.body.is_error = true;
  outcome.body.code = "400";
  EXPECT_EQ(effective_status(outcome), 503);
  EXPECT_EQ(effective_status(Outcome{}), 0);
}

}  // namespace
}  // namespace tidegate::policy
