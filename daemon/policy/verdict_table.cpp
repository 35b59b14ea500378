#include "daemon/policy/verdict_table.h"

#include <chrono>
#include <iterator>

namespace tidegate::policy {
namespace {

using std::chrono::milliseconds;
using enum Dialect;
using enum Field;

// What a row can say.
constexpr Judgement kContext{FailureClass::final, Reason::context_overflow};
constexpr Judgement kFilter{FailureClass::final, Reason::content_filter};
constexpr Judgement kInvalid{FailureClass::final, Reason::invalid_request};
constexpr Judgement kForbidden{FailureClass::final, Reason::forbidden};
constexpr Judgement kNotFound{FailureClass::final, Reason::not_found};
constexpr Judgement kTooLarge{FailureClass::final, Reason::too_large};
constexpr Judgement kTls{FailureClass::final, Reason::tls};
constexpr Judgement kOther{FailureClass::final, Reason::other};
constexpr Judgement kMoney{FailureClass::park, Reason::money};
constexpr Judgement kKey{FailureClass::park, Reason::key};
constexpr Judgement kTooFast{FailureClass::pause_upstream, Reason::rate_limited};
constexpr Judgement kFull{FailureClass::retry_after, Reason::overloaded};
// An overload that is named as one does not pass within a second.
constexpr Judgement kOverloaded{FailureClass::retry_after, Reason::overloaded, milliseconds(1'000)};
// Spending under way settles as its requests end.
constexpr Judgement kInFlight{FailureClass::retry_after, Reason::in_flight_budget, milliseconds(2'000)};
// The proxy brings channels back by tests and syncs that take minutes: quick tries only waste its time.
constexpr Judgement kNoChannel{FailureClass::retry_after, Reason::no_channel, milliseconds(5'000)};
constexpr Judgement kDatabase{FailureClass::retry_now, Reason::proxy_database};
constexpr Judgement kServer{FailureClass::retry_now, Reason::server_error};
constexpr Judgement kGateway{FailureClass::retry_now, Reason::bad_gateway};
constexpr Judgement kTimeout{FailureClass::retry_now, Reason::timeout};
constexpr Judgement kConflict{FailureClass::retry_now, Reason::conflict};

constexpr Statuses kAny{400, 599};
constexpr Statuses k4xx{400, 499};
constexpr Statuses k5xx{500, 599};
constexpr Statuses is(int status) { return {status, status}; }

// Where it is written.
constexpr std::string_view kOpenAi = "developers.openai.com/api/docs/guides/error-codes";
constexpr std::string_view kAzure = "learn.microsoft.com/azure/ai-services/openai/concepts/content-filter";
constexpr std::string_view kClaude = "docs.anthropic.com/en/api/errors";
constexpr std::string_view kClaudeLimits = "docs.anthropic.com/en/api/rate-limits";
constexpr std::string_view kClaudeText = "songquanpeng/one-api monitor/manage.go (texts of Anthropic's)";
constexpr std::string_view kToken = "songquanpeng/one-api model/token.go ValidateUserToken, middleware/auth.go";
constexpr std::string_view kQuota = "songquanpeng/one-api relay/controller/helper.go preConsumeQuota";
constexpr std::string_view kChannel = "songquanpeng/one-api middleware/distributor.go";
constexpr std::string_view kNewCodes = "QuantumNous/new-api types/error.go";
constexpr std::string_view kNewRelay = "QuantumNous/new-api controller/relay.go (500 unless told otherwise)";
constexpr std::string_view kNewTexts = "QuantumNous/new-api i18n/locales/en.yaml";
constexpr std::string_view kNewChannel = "QuantumNous/new-api middleware/distributor.go";
constexpr std::string_view kRouter = "openrouter.ai/docs/api/errors";
constexpr std::string_view kRouterTypes = "openrouter.ai/docs/client-sdks/python/components/apierrortype";
constexpr std::string_view kTogether = "docs.together.ai/docs/error-codes";
constexpr std::string_view kTogetherLimits = "docs.together.ai/docs/serverless/rate-limits";
constexpr std::string_view kCloudflare =
    "developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors";
constexpr std::string_view kHttp = "RFC 9110 section 15";

constexpr VerdictRow kRows[] = {
    // The request itself: the same words would fail again, whatever status they fail with.
    {openai, kAny, code, "context_length_exceeded", kContext, kOpenAi},
    {openai, is(400), text, "maximum context length", kContext, kOpenAi},
    {anthropic, is(400), text, "prompt is too long", kContext, kClaude},
    {openai, kAny, code, "content_policy_violation", kFilter, kOpenAi},
    {azure, kAny, code, "content_filter", kFilter, kAzure},
    {azure, kAny, detail, "ResponsibleAIPolicyViolation", kFilter, kAzure},
    {new_api, kAny, code, "sensitive_words_detected", kFilter, kNewRelay},
    {new_api, kAny, code, "prompt_blocked", kFilter, kNewCodes},
    {new_api, kAny, code, "violation_fee.*", kFilter, kNewCodes},
    {new_api, k5xx, code, "invalid_request", kInvalid, kNewRelay},
    {new_api, k5xx, code, "convert_request_failed", kInvalid, kNewCodes},
    {new_api, k5xx, code, "count_token_failed", kInvalid, kNewRelay},
    {new_api, k5xx, code, "model_price_error", kNotFound, kNewRelay},

    // Passing troubles behind a status that mostly is final.
    {openrouter, kAny, limit_source, "openrouter_in_flight_budget", kInFlight, kRouter},
    {one_api, is(401), text, "令牌验证失败", kDatabase, kToken},  // the token could not be looked up
    {new_api, is(401), text, "数据库", kDatabase, kNewTexts},
    {new_api, is(401), text, "database", kDatabase, kNewTexts},

    // Money: nothing works until somebody pays or raises a limit.
    {openai, kAny, code, "credit_balance_exhausted", kMoney, kOpenAi},
    {openai, kAny, code, "*_spend_limit_exceeded", kMoney, kOpenAi},
    {openai, kAny, code, "organization_usage_limit_exceeded", kMoney, kOpenAi},
    {openai, kAny, code, "billing_hard_limit_reached", kMoney, kOpenAi},
    {openai, kAny, code, "billing_not_active", kMoney, kOpenAi},
    {openai, kAny, code, "insufficient_quota", kMoney, kOpenAi},
    {openai, kAny, type, "insufficient_quota", kMoney, kOpenAi},
    {openai, k4xx, text, "exceeded your current quota", kMoney, kOpenAi},
    {anthropic, kAny, type, "billing_error", kMoney, kClaude},
    {anthropic, kAny, detail, "enforced_spend_limit_reached", kMoney, kClaudeLimits},
    {anthropic, k4xx, text, "credit balance is too low", kMoney, kClaudeText},
    {anthropic, is(400), text, "API usage limits", kMoney, kClaudeLimits},
    {one_api, kAny, code, "insufficient_user_quota", kMoney, kQuota},
    {one_api, kAny, code, "pre_consume_token_quota_failed", kMoney, kQuota},
    {one_api, kAny, text, "额度已用尽", kMoney, kToken},  // the token's quota is used up; 401, in old versions 200
    {one_api, kAny, text, "额度不足", kMoney, kToken},    // the token's or the user's quota is too small
    {new_api, kAny, text, "token quota is exhausted", kMoney, kNewTexts},
    {openrouter, kAny, limit_source, "openrouter_*", kMoney, kRouter},
    {openrouter, kAny, error_type, "payment_required", kMoney, kRouterTypes},
    {any, is(402), status, "", kMoney, kTogether},

    // The key: nothing works until somebody mends it.
    {openai, kAny, code, "invalid_api_key", kKey, kOpenAi},
    {openai, kAny, code, "account_deactivated", kKey, "songquanpeng/one-api monitor/manage.go"},
    {anthropic, kAny, type, "authentication_error", kKey, kClaude},
    {anthropic, k4xx, text, "This organization has been disabled", kKey, kClaudeText},
    {one_api, kAny, text, "用户已被封禁", kKey, kToken},  // the key's user is banned; 403, in old versions 200
    {one_api, kAny, text, "无效的令牌", kKey, kToken},    // no such token
    {one_api, kAny, text, "令牌已过期", kKey, kToken},    // expired
    {one_api, kAny, text, "令牌状态不可用", kKey, kToken},
    {openrouter, kAny, error_type, "authentication", kKey, kRouterTypes},
    {any, is(401), status, "", kKey, kHttp},

    // Too fast: the limit is shared by all that use this key.
    {openai, kAny, code, "rate_limit_exceeded", kTooFast, kOpenAi},
    {openai, kAny, code, "slow_down", kTooFast, kOpenAi},
    {anthropic, kAny, type, "rate_limit_error", kTooFast, kClaude},
    {openai, kAny, type, "usage_limit_reached", kTooFast, "router-for-me/CLIProxyAPI (names resets_at)"},
    {openrouter, kAny, error_type, "rate_limit_exceeded", kTooFast, kRouterTypes},
    {together, is(429), status, "", kTooFast, kTogetherLimits},

    // Full, or nobody there to serve the model.
    {one_api, is(503), text, "无可用渠道", kNoChannel, kChannel},  // no channel for group and model
    {new_api, is(503), text, "No available channel", kNoChannel, kNewTexts},
    {new_api, is(503), code, "model_not_found", kNoChannel, kNewChannel},
    {new_api, k5xx, code, "get_channel_failed", kNoChannel, kNewRelay},
    {new_api, k5xx, code, "channel:*", kNoChannel, kNewCodes},
    {openrouter, is(503), text, "routing requirements", kNoChannel, kRouter},
    {openai, kAny, code, "server_is_overloaded", kOverloaded, kOpenAi},
    {anthropic, kAny, type, "overloaded_error", kOverloaded, kClaude},
    {openrouter, kAny, error_type, "provider_overloaded", kOverloaded, kRouterTypes},
    {anthropic, is(529), status, "", kOverloaded, kClaude},
    {together, is(503), status, "", kFull, kTogether},

    // OpenRouter's own names, which also come in a good answer or in the middle of a stream.
    {openrouter, kAny, error_type, "context_length_exceeded", kContext, kRouterTypes},
    {openrouter, kAny, error_type, "max_tokens_exceeded", kContext, kRouterTypes},
    {openrouter, kAny, error_type, "token_limit_exceeded", kContext, kRouterTypes},
    {openrouter, kAny, error_type, "string_too_long", kContext, kRouterTypes},
    {openrouter, kAny, error_type, "content_policy_violation", kFilter, kRouterTypes},
    {openrouter, kAny, error_type, "refusal", kFilter, kRouterTypes},
    {openrouter, kAny, error_type, "permission_denied", kForbidden, kRouterTypes},
    {openrouter, kAny, error_type, "not_found", kNotFound, kRouterTypes},
    {openrouter, kAny, error_type, "payload_too_large", kTooLarge, kRouterTypes},
    {openrouter, kAny, error_type, "invalid_*", kInvalid, kRouterTypes},
    {openrouter, kAny, error_type, "image_*", kInvalid, kRouterTypes},
    {openrouter, kAny, error_type, "unsupported_*", kInvalid, kRouterTypes},
    {openrouter, kAny, error_type, "unprocessable", kInvalid, kRouterTypes},
    {openrouter, kAny, error_type, "precondition_failed", kInvalid, kRouterTypes},
    {openrouter, kAny, error_type, "provider_unavailable", kGateway, kRouterTypes},
    {openrouter, kAny, error_type, "timeout", kTimeout, kRouterTypes},
    {openrouter, kAny, error_type, "server", kServer, kRouterTypes},

    // A request's fault in a stream or in a good answer, which counts as 500.
    {openai, k5xx, type, "invalid_request_error", kInvalid, kOpenAi},
    {anthropic, kAny, type, "permission_error", kForbidden, kClaude},
    {anthropic, kAny, type, "not_found_error", kNotFound, kClaude},
    {anthropic, kAny, type, "request_too_large", kTooLarge, kClaude},
    {one_api, is(500), text, "无权进行此操作", kForbidden, "songquanpeng/one-api middleware/auth.go (dashboard, 200)"},

    // The proxy's database.
    {one_api, is(500), code, "get_user_quota_failed", kDatabase, kQuota},
    {one_api, is(500), code, "decrease_user_quota_failed", kDatabase, kQuota},
    {new_api, is(500), code, "query_data_error", kDatabase, kNewCodes},
    {new_api, is(500), code, "update_data_error", kDatabase, kNewCodes},

    // The status alone.
    {any, is(400), status, "", kInvalid, kHttp},
    {any, is(403), status, "", kForbidden, kHttp},
    {any, is(404), status, "", kNotFound, kHttp},
    {any, is(408), status, "", kTimeout, kHttp},
    {any, is(409), status, "", kConflict, kClaude},
    {any, is(413), status, "", kTooLarge, kHttp},
    {any, is(422), status, "", kInvalid, kHttp},
    {any, is(425), status, "", kConflict, "RFC 8470 section 5.2"},
    {any, k4xx, status, "", kOther, kHttp},
    {any, is(500), status, "", kServer, kOpenAi},
    {any, is(501), status, "", kOther, kHttp},
    {any, is(502), status, "", kGateway, kHttp},
    {any, is(504), status, "", kTimeout, kHttp},
    {any, is(505), status, "", kOther, kHttp},
    {any, is(511), status, "", kOther, "RFC 6585 section 6"},
    {cdn, {520, 521}, status, "", kGateway, kCloudflare},  // the origin's answer is broken; it refuses connections
    {cdn, is(522), status, "", kTimeout, kCloudflare},
    {cdn, is(523), status, "", kGateway, kCloudflare},  // no route to the origin
    {cdn, is(524), status, "", kTimeout, kCloudflare},  // the origin was silent for 100 s
    {cdn, is(525), status, "", kGateway, kCloudflare},  // its TLS handshake failed
    {cdn, is(526), status, "", kTls, kCloudflare},      // its certificate is not valid
    {any, k5xx, status, "", kServer, kHttp},
};

}  // namespace

VerdictRows verdict_rows() noexcept { return {kRows, std::size(kRows)}; }

std::string_view dialect_name(Dialect dialect) noexcept {
  switch (dialect) {
    case Dialect::any: return "any";
    case Dialect::openai: return "OpenAI";
    case Dialect::azure: return "Azure";
    case Dialect::anthropic: return "Anthropic";
    case Dialect::one_api: return "one-api";
    case Dialect::new_api: return "new-api";
    case Dialect::openrouter: return "OpenRouter";
    case Dialect::together: return "Together";
    case Dialect::cdn: return "CDN";
  }
  return "unknown";
}

}  // namespace tidegate::policy
