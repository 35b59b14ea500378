#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tidegate::policy {

/// What an attempt's end asks for. Every failed attempt is exactly one of these.
enum class FailureClass : std::uint8_t {
  success,         ///< no failure
  retry_now,       ///< this request once more, after our own short backoff
  retry_after,     ///< once more, but not before the upstream's or the row's wait
  pause_upstream,  ///< the limit is everybody's: all that is for this upstream and model waits, then once more
  park,            ///< nothing works until a person adds money or mends the key: final now, jobs wait for that person
  final            ///< the same request would fail the same way
};

/// Why. Each has a counter, and status, ledger and log name it.
enum class Reason : std::uint8_t {
  none,              ///< success
  unreachable,       ///< no connection
  reset,             ///< the connection broke before the answer
  timeout,           ///< silence, here or at a gateway before the upstream
  truncated,         ///< the answer ended before it was whole
  tls,               ///< the certificate is not trusted
  protocol,          ///< no valid HTTP
  rate_limited,      ///< we are too fast
  overloaded,        ///< they are full
  in_flight_budget,  ///< what is under way fills the spending budget; it frees itself
  no_channel,        ///< the proxy has no provider for the model now
  proxy_database,    ///< the proxy could not look up key or quota
  server_error,      ///< an error of the upstream's own
  bad_gateway,       ///< a web server or CDN could not reach the upstream
  conflict,          ///< a lock or a duplicate that passes
  advised,           ///< `x-should-retry` said so, either way
  money,             ///< credit, quota or a spending limit is used up
  key,               ///< the key is wrong, expired or disabled
  invalid_request,   ///< the request is at fault
  context_overflow,  ///< prompt and answer are longer than the model's context
  content_filter,    ///< refused for what it says
  forbidden,         ///< the key may not do this
  not_found,         ///< no such model or path
  too_large,         ///< the body is too large
  other              ///< any other answer of 400 and above
};

std::string_view class_name(FailureClass cls) noexcept;
std::string_view reason_name(Reason reason) noexcept;

/// What one row of the table says of a failure.
struct Judgement {
  FailureClass cls = FailureClass::success;
  Reason reason = Reason::none;
  std::chrono::milliseconds at_least{0};  ///< the wait before the next try, where the upstream names none

  bool operator==(const Judgement&) const = default;
};

/// Whether another try may succeed without a person's help.
constexpr bool passing(FailureClass cls) noexcept {
  return cls == FailureClass::retry_now || cls == FailureClass::retry_after || cls == FailureClass::pause_upstream;
}

}  // namespace tidegate::policy
