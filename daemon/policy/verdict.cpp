#include "daemon/policy/verdict.h"

namespace tidegate::policy {

std::string_view class_name(FailureClass cls) noexcept {
  switch (cls) {
    case FailureClass::success: return "success";
    case FailureClass::retry_now: return "retry_now";
    case FailureClass::retry_after: return "retry_after";
    case FailureClass::pause_upstream: return "pause_upstream";
    case FailureClass::park: return "park";
    case FailureClass::final: return "final";
  }
  return "unknown";
}

std::string_view reason_name(Reason reason) noexcept {
  switch (reason) {
    case Reason::none: return "none";
    case Reason::unreachable: return "unreachable";
    case Reason::reset: return "reset";
    case Reason::timeout: return "timeout";
    case Reason::truncated: return "truncated";
    case Reason::tls: return "tls";
    case Reason::protocol: return "protocol";
    case Reason::rate_limited: return "rate_limited";
    case Reason::overloaded: return "overloaded";
    case Reason::in_flight_budget: return "in_flight_budget";
    case Reason::no_channel: return "no_channel";
    case Reason::proxy_database: return "proxy_database";
    case Reason::server_error: return "server_error";
    case Reason::bad_gateway: return "bad_gateway";
    case Reason::conflict: return "conflict";
    case Reason::advised: return "advised";
    case Reason::money: return "money";
    case Reason::key: return "key";
    case Reason::invalid_request: return "invalid_request";
    case Reason::context_overflow: return "context_overflow";
    case Reason::content_filter: return "content_filter";
    case Reason::forbidden: return "forbidden";
    case Reason::not_found: return "not_found";
    case Reason::too_large: return "too_large";
    case Reason::other: return "other";
  }
  return "unknown";
}

}  // namespace tidegate::policy
