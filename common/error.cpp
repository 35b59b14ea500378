#include "common/error.h"

namespace tidegate {

// One table for the whole program. Passing troubles of ours are 429 or 5xx, never 401/402/403: clients disable a key
// on those. Final ones tell the SDKs not to try again.
const ErrorInfo& error_info(ErrorCode code) noexcept {
  static constexpr ErrorInfo kBadRequest{"bad_request", 400, false};
  static constexpr ErrorInfo kHeadTooLarge{"head_too_large", 431, false};
  static constexpr ErrorInfo kBodyTooLarge{"body_too_large", 413, false};
  static constexpr ErrorInfo kRequestTimeout{"request_timeout", 408, true};
  static constexpr ErrorInfo kUnsupportedEncoding{"unsupported_content_encoding", 415, false};
  static constexpr ErrorInfo kUnsupportedMedia{"unsupported_media_type", 415, false};
  static constexpr ErrorInfo kExpectationFailed{"expectation_failed", 417, false};
  static constexpr ErrorInfo kForeignHost{"foreign_host", 403, false};
  static constexpr ErrorInfo kForeignOrigin{"foreign_origin", 403, false};
  static constexpr ErrorInfo kUnauthorized{"invalid_client_key", 401, false};
  static constexpr ErrorInfo kNotFound{"not_found", 404, false};
  static constexpr ErrorInfo kMethodNotAllowed{"method_not_allowed", 405, false};
  static constexpr ErrorInfo kForbidden{"forbidden", 403, false};
  static constexpr ErrorInfo kTooManyConnections{"too_many_connections", 503, true};
  static constexpr ErrorInfo kQueueFull{"queue_full", 429, true};
  static constexpr ErrorInfo kQueueTimeout{"queue_timeout", 503, true};
  static constexpr ErrorInfo kDeadlineExceeded{"deadline_exceeded", 503, true};
  static constexpr ErrorInfo kDraining{"draining", 503, true};
  static constexpr ErrorInfo kUpstreamUnreachable{"upstream_unreachable", 503, false};
  static constexpr ErrorInfo kUpstreamReset{"upstream_reset", 502, false};
  static constexpr ErrorInfo kUpstreamTimeout{"upstream_timeout", 504, false};
  static constexpr ErrorInfo kUpstreamTls{"upstream_tls", 502, false};
  static constexpr ErrorInfo kUpstreamProtocol{"upstream_protocol_error", 502, false};
  static constexpr ErrorInfo kUpstreamTruncated{"upstream_truncated", 502, false};
  static constexpr ErrorInfo kKeyInvalid{"idempotency_key_invalid", 400, false};
  static constexpr ErrorInfo kKeyReused{"idempotency_key_reused", 422, false};
  static constexpr ErrorInfo kAnswerTooLong{"idempotency_answer_too_long", 409, false};
  static constexpr ErrorInfo kClientGone{"client_gone", 499, false};
  static constexpr ErrorInfo kReloadFailed{"reload_failed", 422, false};
  static constexpr ErrorInfo kInternal{"internal_error", 500, false};

  switch (code) {
    case ErrorCode::bad_request: return kBadRequest;
    case ErrorCode::head_too_large: return kHeadTooLarge;
    case ErrorCode::body_too_large: return kBodyTooLarge;
    case ErrorCode::request_timeout: return kRequestTimeout;
    case ErrorCode::unsupported_encoding: return kUnsupportedEncoding;
    case ErrorCode::unsupported_media: return kUnsupportedMedia;
    case ErrorCode::expectation_failed: return kExpectationFailed;
    case ErrorCode::foreign_host: return kForeignHost;
    case ErrorCode::foreign_origin: return kForeignOrigin;
    case ErrorCode::unauthorized: return kUnauthorized;
    case ErrorCode::not_found: return kNotFound;
    case ErrorCode::method_not_allowed: return kMethodNotAllowed;
    case ErrorCode::forbidden: return kForbidden;
    case ErrorCode::too_many_connections: return kTooManyConnections;
    case ErrorCode::queue_full: return kQueueFull;
    case ErrorCode::queue_timeout: return kQueueTimeout;
    case ErrorCode::deadline_exceeded: return kDeadlineExceeded;
    case ErrorCode::draining: return kDraining;
    case ErrorCode::upstream_unreachable: return kUpstreamUnreachable;
    case ErrorCode::upstream_reset: return kUpstreamReset;
    case ErrorCode::upstream_timeout: return kUpstreamTimeout;
    case ErrorCode::upstream_tls: return kUpstreamTls;
    case ErrorCode::upstream_protocol: return kUpstreamProtocol;
    case ErrorCode::upstream_truncated: return kUpstreamTruncated;
    case ErrorCode::idempotency_invalid: return kKeyInvalid;
    case ErrorCode::idempotency_reused: return kKeyReused;
    case ErrorCode::idempotency_too_long: return kAnswerTooLong;
    case ErrorCode::client_gone: return kClientGone;
    case ErrorCode::reload_failed: return kReloadFailed;
    case ErrorCode::internal: return kInternal;
  }
  return kInternal;
}

}  // namespace tidegate
