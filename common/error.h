#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tidegate {

/// Why we ourselves refuse or end a request: one value per reason, one row per value in error.cpp.
enum class ErrorCode {
  bad_request,           ///< the bytes are no HTTP/1.1 request that RFC 9112 allows
  head_too_large,        ///< the header block is over its bound
  body_too_large,        ///< the body is over gateway.maxBody
  request_timeout,       ///< head or body did not arrive within their total time
  unsupported_encoding,  ///< a compressed request body
  unsupported_media,     ///< a body that is neither JSON nor multipart where the endpoint wants it
  expectation_failed,    ///< an Expect other than 100-continue
  foreign_host,          ///< Host is none of ours (DNS rebinding)
  foreign_origin,        ///< the request comes from a browser's page
  unauthorized,          ///< a client key is wanted and missing or wrong
  not_found,             ///< no such path here
  method_not_allowed,    ///< the path exists, the method does not
  forbidden,             ///< the caller may read but not change (control socket)
  too_many_connections,  ///< over the bound on connections
  queue_full,            ///< queue.maxDepth or queue.maxBytes reached
  queue_timeout,         ///< queue.maxWait passed before the request could go out
  deadline_exceeded,     ///< the client's X-Tidegate-Deadline-Ms passed
  draining,              ///< the gateway is stopping and takes no new work
  upstream_unreachable,  ///< no connection to the proxy
  upstream_reset,        ///< the connection to the proxy broke before the answer
  upstream_timeout,      ///< no byte for llm.openapi.timeout, or upstream.firstByteTimeout
  upstream_tls,          ///< the proxy's certificate is not trusted or TLS failed
  upstream_protocol,     ///< the proxy's answer is not valid HTTP
  upstream_truncated,    ///< the proxy's answer ended before it was whole
  idempotency_invalid,   ///< the Idempotency-Key is too long, doubled or holds control characters
  idempotency_reused,    ///< another request of this client has the same Idempotency-Key
  idempotency_too_long,  ///< the answer to this Idempotency-Key cannot be given from its first byte any more
  client_gone,           ///< the client hung up; nobody is told
  reload_failed,         ///< the new configuration is not valid; the old one stays
  internal,              ///< a bug or a lack of resources here
};

/// What a client is told of an ErrorCode.
struct ErrorInfo {
  std::string_view code;  ///< the `code` field of the OpenAI-shaped error
  int http_status;
  bool client_may_retry;  ///< false sends `x-should-retry: false`
};

const ErrorInfo& error_info(ErrorCode code) noexcept;

/// An expected failure: the reason and one line for a person. Never holds a secret.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

/// Either a value or an Error; what the request path returns instead of throwing.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  [[nodiscard]] Error& error() { return std::get<1>(state_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// A success without a value.
struct Ok {};

}  // namespace tidegate
