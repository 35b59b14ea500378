#include "daemon/dispatch/error_body.h"

#include <string>

#include <gtest/gtest.h>

#include "daemon/policy/judge.h"

namespace tidegate::dispatch {
namespace {

using policy::FailureClass;
using policy::Reason;

// What comes over the wire and what it means, from the raw body to the class: the table of verdicts by example.
struct Answer {
  const char* who;
  int status;
  const char* body;
  FailureClass cls;
  Reason reason;
};

constexpr auto kNow = FailureClass::retry_now;
constexpr auto kAfter = FailureClass::retry_after;
constexpr auto kPause = FailureClass::pause_upstream;
constexpr auto kPark = FailureClass::park;
constexpr auto kFinal = FailureClass::final;
constexpr auto kGood = FailureClass::success;

// clang-format off
const Answer kAnswers[] = {
    {"OpenAI: too many requests in a minute", 429,
     R"({"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}})",
     kPause, Reason::rate_limited},
    {"OpenAI: traffic rose too fast", 429,
     R"({"error":{"message":"Slow down","type":"rate_limit_error","code":"slow_down"}})", kPause, Reason::rate_limited},
    {"OpenAI: no credit", 429,
     R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
     kPark, Reason::money},
    {"OpenAI: prepaid credit is used up", 429,
     R"({"error":{"message":"x","type":"insufficient_quota","code":"credit_balance_exhausted"}})", kPark, Reason::money},
    {"OpenAI: the organization's spending limit", 429,
     R"({"error":{"message":"x","code":"organization_spend_limit_exceeded"}})", kPark, Reason::money},
    {"OpenAI: the project's spending limit", 429,
     R"({"error":{"message":"x","code":"project_spend_limit_exceeded"}})", kPark, Reason::money},
    {"OpenAI: the usage limit of the tier", 429,
     R"({"error":{"message":"x","code":"organization_usage_limit_exceeded"}})", kPark, Reason::money},
    {"OpenAI: wrong key", 401,
     R"({"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})",
     kPark, Reason::key},
    {"OpenAI: too long for the model", 400,
     R"({"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
     kFinal, Reason::context_overflow},
    {"OpenAI: refused by policy", 400,
     R"({"error":{"message":"Your request was rejected","type":"invalid_request_error","code":"content_policy_violation"}})",
     kFinal, Reason::content_filter},
    {"OpenAI: the model is full", 503,
     R"({"error":{"message":"x","type":"service_unavailable_error","code":"server_is_overloaded"}})", kAfter, Reason::overloaded},
    {"OpenAI: no such model", 404,
     R"({"error":{"message":"The model does not exist","type":"invalid_request_error","code":"model_not_found"}})",
     kFinal, Reason::not_found},

    {"Azure: content filter", 400,
     R"({"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400}})",
     kFinal, Reason::content_filter},
    {"Azure: content filter, inner code only", 400,
     R"({"error":{"message":"x","code":"invalid","innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
     kFinal, Reason::content_filter},
    {"Azure: too fast", 429,
     R"({"error":{"code":"429","message":"Rate limit is exceeded. Try again in 6 seconds."}})", kPause, Reason::rate_limited},

    {"Anthropic: overloaded", 529,
     R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"})",
     kAfter, Reason::overloaded},
    {"Anthropic: too fast", 429, R"({"type":"error","error":{"type":"rate_limit_error","message":"x"}})",
     kPause, Reason::rate_limited},
    {"Anthropic: the tier's spending limit looks like a rate limit", 429,
     R"({"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}})",
     kPark, Reason::money},
    {"Anthropic: wrong key", 401, R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})",
     kPark, Reason::key},
    {"Anthropic: billing", 402, R"({"type":"error","error":{"type":"billing_error","message":"x"}})", kPark, Reason::money},
    {"Anthropic: no credit looks like a bad request", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})",
     kPark, Reason::money},
    {"Anthropic: an own spending limit likewise", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits."}})",
     kPark, Reason::money},
    {"Anthropic: too long", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 199999 maximum"}})",
     kFinal, Reason::context_overflow},
    {"Anthropic: their fault", 500, R"({"type":"error","error":{"type":"api_error","message":"Internal server error"}})",
     kNow, Reason::server_error},
    {"Anthropic: overloaded in the middle of a stream", 200,
     R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", kAfter, Reason::overloaded},

    {"one-api: the token's quota is used up, as a 401", 401,
     R"j({"error":{"message":"该令牌额度已用尽 (request id: 2026112221)","type":"one_api_error"}})j", kPark, Reason::money},
    {"one-api: the same, with the token's name", 401,
     R"j({"error":{"message":"令牌 laptop（#7）额度已用尽 (request id: 2026112221)","type":"one_api_error"}})j", kPark, Reason::money},
    {"one-api: its token database fails, as a 401", 401,
     R"j({"error":{"message":"令牌验证失败 (request id: 2026112221)","type":"one_api_error"}})j", kNow, Reason::proxy_database},
    {"one-api: no such token", 401,
     R"j({"error":{"message":"无效的令牌 (request id: 2026112221)","type":"one_api_error"}})j", kPark, Reason::key},
    {"one-api: the user is out of quota", 403,
     R"({"error":{"message":"user quota is not enough","type":"one_api_error","param":"","code":"insufficient_user_quota"}})",
     kPark, Reason::money},
    {"one-api: the token is out of quota", 403,
     R"({"error":{"message":"令牌额度不足","type":"one_api_error","param":"","code":"pre_consume_token_quota_failed"}})",
     kPark, Reason::money},
    {"one-api: the user is banned", 403, R"({"error":{"message":"用户已被封禁","type":"one_api_error"}})", kPark, Reason::key},
    {"one-api: the channel is disabled", 403, R"({"error":{"message":"该渠道已被禁用","type":"one_api_error"}})",
     kFinal, Reason::forbidden},
    {"one-api: no channel for the model", 503,
     R"j({"error":{"message":"当前分组 default 下对于模型 gpt-4 无可用渠道 (request id: 2026)","type":"one_api_error"}})j",
     kAfter, Reason::no_channel},
    {"one-api: the provider said 429", 429,
     R"j({"error":{"message":"当前分组上游负载已饱和，请稍后再试 (request id: 2026)","type":"requests","param":"","code":"rate_limit_exceeded"}})j",
     kPause, Reason::rate_limited},
    {"one-api: its own limit on an address, without a body", 429, "", kPause, Reason::rate_limited},
    {"one-api: the provider's answer was not JSON", 500,
     R"({"error":{"message":"bad response status code 500","type":"upstream_error","param":"500","code":"bad_response_status_code"}})",
     kNow, Reason::server_error},
    {"one-api: quota could not be looked up", 500,
     R"({"error":{"message":"sql: database is closed","type":"one_api_error","code":"get_user_quota_failed"}})",
     kNow, Reason::proxy_database},
    {"one-api: a dashboard route fails with 200", 200,
     R"({"error":{"message":"record not found","type":"upstream_error","param":"","code":null}})", kNow, Reason::server_error},
    {"one-api: a dashboard route refuses with 200", 200,
     R"({"message":"无权进行此操作，access token 无效","success":false})", kFinal, Reason::forbidden},
    {"one-api, old: used up with 200", 200, R"({"error":{"message":"该 token 额度已用尽","type":"one_api_error"}})",
     kPark, Reason::money},

    {"new-api: no channel", 503,
     R"j({"error":{"message":"No available channel for model gpt-4 under group default (distributor)","type":"new_api_error","code":"model_not_found"}})j",
     kAfter, Reason::no_channel},
    {"new-api: all keys of the channel are off", 500,
     R"({"error":{"message":"x","type":"new_api_error","code":"channel:no_available_key"}})", kAfter, Reason::no_channel},
    {"new-api: the token database, as a 401", 401,
     R"({"error":{"message":"Invalid token, database query error, please contact administrator","type":"new_api_error","code":""}})",
     kNow, Reason::proxy_database},
    {"new-api: the same in Chinese", 401,
     R"({"error":{"message":"无效的令牌，数据库查询出错，请联系管理员","type":"new_api_error"}})", kNow, Reason::proxy_database},
    {"new-api: the token is used up", 401,
     R"({"error":{"message":"This token quota is exhausted TokenStatusExhausted[sk-abc***xyz]","type":"new_api_error"}})",
     kPark, Reason::money},
    {"new-api: a forbidden word is a 500 there", 500,
     R"({"error":{"message":"user sensitive words detected","type":"new_api_error","code":"sensitive_words_detected"}})",
     kFinal, Reason::content_filter},
    {"new-api: a bad request is a 500 there", 500,
     R"({"error":{"message":"field messages is required","type":"new_api_error","code":"invalid_request"}})",
     kFinal, Reason::invalid_request},
    {"new-api: no price for the model is a 500 there", 500,
     R"({"error":{"message":"x","type":"new_api_error","code":"model_price_error"}})", kFinal, Reason::not_found},
    {"new-api: the provider could not be reached", 500,
     R"({"error":{"message":"x","type":"new_api_error","code":"do_request_failed"}})", kNow, Reason::server_error},
    {"new-api: its limit on requests", 429,
     R"({"error":{"message":"您已达到请求数限制：1分钟内最多请求10次","type":"new_api_error","code":""}})", kPause, Reason::rate_limited},

    {"OpenRouter: what is under way fills the budget", 402,
     R"({"error":{"code":402,"message":"x","metadata":{"limit_source":"openrouter_in_flight_budget","error_type":"payment_required"}}})",
     kAfter, Reason::in_flight_budget},
    {"OpenRouter: no credits", 402,
     R"({"error":{"code":402,"message":"Insufficient credits","metadata":{"limit_source":"openrouter_credits"}}})",
     kPark, Reason::money},
    {"OpenRouter: no credits, without a source", 402, R"({"error":{"code":402,"message":"Insufficient credits"}})",
     kPark, Reason::money},
    {"OpenRouter: the key's budget until it resets", 403,
     R"({"error":{"code":403,"message":"x","metadata":{"limit_source":"openrouter_key_limit","resets_at":"2026-12-01T00:00:00Z"}}})",
     kPark, Reason::money},
    {"OpenRouter: moderation", 403, R"({"error":{"code":403,"message":"x","metadata":{"error_type":"content_policy_violation"}}})",
     kFinal, Reason::content_filter},
    {"OpenRouter: too fast", 429, R"({"error":{"code":429,"message":"x","metadata":{"error_type":"rate_limit_exceeded"}}})",
     kPause, Reason::rate_limited},
    {"OpenRouter: the provider is full", 503,
     R"({"error":{"code":503,"message":"Provider returned error","metadata":{"error_type":"provider_overloaded"}}})",
     kAfter, Reason::overloaded},
    {"OpenRouter: no provider fits", 503,
     R"({"error":{"code":503,"message":"There is no available model provider that meets your routing requirements"}})",
     kAfter, Reason::no_channel},
    {"OpenRouter: a provider's 429 in a good answer", 200,
     R"({"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"error code: 1015","provider_name":"x"}},"user_id":"u"})",
     kPause, Reason::rate_limited},
    {"OpenRouter: no credits in a good answer", 200, R"({"error":{"message":"x","code":402}})", kPark, Reason::money},
    {"OpenRouter: an error chunk in the middle of a stream", 200,
     R"({"id":"gen-1","object":"chat.completion.chunk","created":1,"model":"m","provider":"p","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]})",
     kNow, Reason::bad_gateway},

    {"Together: you are too fast", 429, R"({"error":{"message":"x","type":"rate_limit","param":null,"code":null}})",
     kPause, Reason::rate_limited},
    {"Together: they are full", 503, R"({"error":{"message":"x","type":"server_error","param":null,"code":null}})",
     kAfter, Reason::overloaded},
    {"Together: the monthly spending limit", 402, R"({"error":{"message":"x"}})", kPark, Reason::money},

    {"nginx: the proxy is down", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body></html>",
     kNow, Reason::bad_gateway},
    {"nginx: the proxy is full", 503, "<html><head><title>503 Service Temporarily Unavailable</title></head></html>",
     kAfter, Reason::overloaded},
    {"nginx: the proxy is silent", 504, "<html><head><title>504 Gateway Time-out</title></head></html>", kNow, Reason::timeout},
    {"nginx: the body is too large", 413, "<html><head><title>413 Request Entity Too Large</title></head></html>",
     kFinal, Reason::too_large},
    {"Cloudflare: the proxy's answer is broken", 520, "<!DOCTYPE html>", kNow, Reason::bad_gateway},
    {"Cloudflare: the proxy is down", 521, "error code: 521", kNow, Reason::bad_gateway},
    {"Cloudflare: no connection", 522, "error code: 522", kNow, Reason::timeout},
    {"Cloudflare: no route", 523, "error code: 523", kNow, Reason::bad_gateway},
    {"Cloudflare: silent for 100 s", 524, "error code: 524", kNow, Reason::timeout},
    {"Cloudflare: you are too fast", 429, "error code: 1015", kPause, Reason::rate_limited},

    {"Gemini: a list of one", 429, R"([{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}])",
     kPause, Reason::rate_limited},
    {"FastAPI: detail", 422, R"({"detail":"Unprocessable"})", kFinal, Reason::invalid_request},
    {"a text for an error", 500, R"({"error":"boom"})", kNow, Reason::server_error},
    {"a text for an error in a good answer", 200, R"({"error":"boom"})", kNow, Reason::server_error},
    {"Responses: an error event", 200, R"({"type":"error","code":"server_error","message":"x","param":null})",
     kNow, Reason::server_error},

    {"a completion", 200, R"({"id":"c","object":"chat.completion","choices":[{"message":{"content":"the word \"error\""}}]})",
     kGood, Reason::none},
    {"a completion with no error", 200, R"({"object":"chat.completion","error":null,"choices":[]})", kGood, Reason::none},
    {"a completion with an empty error", 200, R"({"object":"chat.completion","error":{"message":"","type":"","code":null}})",
     kGood, Reason::none},
    {"a response that failed is what was asked for", 200,
     R"({"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"x"}})", kGood, Reason::none},
    {"a tool that is called with an error", 200,
     R"({"type":"message","content":[{"type":"tool_use","input":{"error":"x","success":false}}]})", kGood, Reason::none},
    {"an answer that says it is well", 200, R"({"success":true,"message":"","data":[]})", kGood, Reason::none},
};
// clang-format on

TEST(ErrorBody, EachAnswerHasItsVerdict) {
  for (const auto& answer : kAnswers) {
    policy::Outcome outcome;
    outcome.status = answer.status;
    outcome.body = read_error_body(answer.body, answer.status);
    const auto judgement = policy::judge(outcome);
    EXPECT_EQ(policy::class_name(judgement.cls), policy::class_name(answer.cls)) << answer.who;
    EXPECT_EQ(policy::reason_name(judgement.reason), policy::reason_name(answer.reason)) << answer.who;
  }
}

TEST(ErrorBody, ReadsWhenALimitIsLifted) {
  auto facts = read_error_body(
      R"({"error":{"type":"usage_limit_reached","resets_at":1777599629,"resets_in_seconds":444287}})", 429);
  EXPECT_EQ(facts.resets_at, "1777599629");
  EXPECT_EQ(facts.resets_in, "444287");
  facts = read_error_body(
      R"({"error":{"code":429,"message":"x","metadata":{"retry_after_seconds":17,"retry_after_seconds_raw":16.007,"headers":{"Retry-After":"17"}}}})",
      429);
  EXPECT_EQ(facts.resets_in, "16.007");
  facts = read_error_body(
      R"({"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Reset":"1777599629000"}}}})",
      429);
  EXPECT_EQ(facts.resets_at, "1777599629000");
  EXPECT_EQ(read_error_body(R"({"error":{"message":"x"},"resets_at":"2026-12-01T00:00:00Z"})", 429).resets_at,
            "2026-12-01T00:00:00Z");
}

TEST(ErrorBody, ReadsTheTextsOfAllForms) {
  for (const auto* body :
       {R"({"error":{"message":"why"}})", R"({"error":"why"})", R"({"message":"why","success":false})",
        R"({"detail":"why"})", R"({"msg":"why"})", R"({"error":{},"message":"why"})", "why"})
    EXPECT_EQ(read_error_body(body, 500).text, "why") << body;
  EXPECT_EQ(read_error_body("  why", 500).text, "why");
  EXPECT_EQ(read_error_body(R"({"code":"c","type":"t"})", 500).code, "c");
  EXPECT_EQ(read_error_body(R"({"code":"c","type":"t"})", 500).type, "t");
  EXPECT_EQ(read_error_body(R"({"error":{"code":1234}})", 500).code, "1234");
}

TEST(ErrorBody, KnowsPagesFromTexts) {
  EXPECT_TRUE(read_error_body(" \n<html>", 502).html);
  EXPECT_EQ(read_error_body("<html>secret</html>", 502).text, "");
  EXPECT_FALSE(read_error_body("error code: 521", 521).html);
}

TEST(ErrorBody, ABadStatusIsAnErrorWhateverTheBodySays) {
  for (const auto* body :
       {"", " ", "{}", "[]", "null", R"({"success":true})", R"({"object":"response","error":{"code":"x"}})"})
    EXPECT_TRUE(read_error_body(body, 500).is_error) << body;
  for (const auto* body : {"", "{}", "[]", "boom", R"({"detail":"x"})", R"({"message":"x"})", R"({"error":""})",
                           R"({"error":false})", R"({"error":[]})", R"([{"error":"x"}])"})
    EXPECT_FALSE(read_error_body(body, 200).is_error) << body;
}

TEST(ErrorBody, LongBodiesAreNotLookedInto) {
  const std::string head = R"({"error":{"code":"insufficient_quota","message":")";
  std::string body = head + std::string(kMaxErrorBody - head.size() - 3, 'x') + "\"}}";
  ASSERT_EQ(body.size(), kMaxErrorBody);
  auto facts = read_error_body(body, 429);
  EXPECT_EQ(facts.code, "insufficient_quota");
  EXPECT_EQ(facts.text, std::string(kMaxErrorText, 'x'));
  body.insert(head.size(), 1, 'x');
  facts = read_error_body(body, 429);
  EXPECT_TRUE(facts.is_error);
  EXPECT_EQ(facts.code, "");
  EXPECT_EQ(facts.text, "");
}

TEST(ErrorBody, DeepBodiesAreText) {
  const auto nested = [](std::size_t depth) {
    return R"({"error":{"code":"c","x":)" + std::string(depth - 2, '[') + std::string(depth - 2, ']') + "}}";
  };
  EXPECT_EQ(read_error_body(nested(kMaxErrorDepth - 1), 500).code, "c");
  EXPECT_EQ(read_error_body(nested(kMaxErrorDepth + 1), 500).code, "");
  EXPECT_EQ(read_error_body(nested(30'000), 500).code, "");
}

TEST(ErrorBody, TextsAreCutBetweenCharacters) {
  std::string text = std::string(kMaxErrorText - 1, 'x') + "额度";
  EXPECT_EQ(read_error_body(text, 500).text, std::string(kMaxErrorText - 1, 'x'));
  text = std::string(kMaxErrorText - 3, 'x') + "额度";
  EXPECT_EQ(read_error_body(text, 500).text, std::string(kMaxErrorText - 3, 'x') + "额");
}

TEST(ErrorBody, BrokenBodiesDoNoHarm) {
  const std::string whole =
      R"({"error":{"code":"c","type":"t","message":"m","metadata":{"headers":{"Retry-After":"1"}}}})";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(read_error_body(whole.substr(0, length), 500).code, "") << length;
    EXPECT_FALSE(read_error_body(whole.substr(0, length), 200).is_error) << length;
  }
  for (const std::string body :
       {R"({"error":{"code":{"a":1},"type":[1],"message":7,"metadata":[],"details":3}})", R"({"error":{"code":1e400}})",
        "{\"error\":\"\xff\xfe\"}", R"({"error":{"code":true}})"}) {
    EXPECT_TRUE(read_error_body(body, 500).is_error) << body;
  }
  std::string zeros(100, '\0');
  EXPECT_TRUE(read_error_body(zeros, 500).is_error);
  EXPECT_FALSE(read_error_body(zeros, 200).is_error);
}

TEST(ReadOutcome, TakesWaitAndAdviceOfAFailure) {
  using namespace std::chrono_literals;
  const std::chrono::system_clock::time_point now{1'767'323'045s};
  auto outcome = read_outcome(503, {{"Retry-After", "2"}, {"X-Should-Retry", "FALSE"}}, R"({"error":"full"})", now);
  EXPECT_EQ(outcome.status, 503);
  EXPECT_EQ(outcome.retry_after, 2s);
  EXPECT_EQ(outcome.upstream_advice, false);
  EXPECT_EQ(outcome.body.text, "full");
  outcome = read_outcome(429, {{"x-should-retry", "true"}}, R"({"error":{"message":"x","resets_at":1767323055}})", now);
  EXPECT_EQ(outcome.retry_after, 10s);
  EXPECT_EQ(outcome.upstream_advice, true);
  outcome = read_outcome(200, {}, R"({"error":{"code":429,"message":"Please try again in 3s."}})", now);
  EXPECT_TRUE(outcome.body.is_error);
  EXPECT_EQ(outcome.retry_after, 3s);
}

TEST(ReadOutcome, AGoodAnswerHasNeither) {
  const auto outcome = read_outcome(200, {{"Retry-After", "2"}, {"x-should-retry", "true"}}, R"({"id":"x"})", {});
  EXPECT_EQ(outcome.retry_after, std::nullopt);
  EXPECT_EQ(outcome.upstream_advice, std::nullopt);
  EXPECT_FALSE(outcome.body.is_error);
}

TEST(ReadOutcome, ACompressedBodyIsNotReadAsText) {
  const std::string body = R"({"error":{"code":"insufficient_quota"}})";
  EXPECT_EQ(read_outcome(429, {{"Content-Encoding", "gzip"}}, body, {}).body.code, "");
  EXPECT_EQ(read_outcome(429, {{"Content-Encoding", "identity"}}, body, {}).body.code, "insufficient_quota");
}

}  // namespace
}  // namespace tidegate::dispatch
