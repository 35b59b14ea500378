#pragma once

#include <chrono>
#include <optional>

#include "common/error.h"
#include "daemon/policy/retry_policy.h"

namespace tidegate::policy {

/// What the client is told of a failure, beside its text.
struct ClientAdvice {
  int status = 200;
  bool may_retry = false;                   ///< false: `x-should-retry: false`
  std::optional<milliseconds> retry_after;  ///< `retry-after-ms` and `Retry-After`, in the place of the upstream's own

  bool operator==(const ClientAdvice&) const = default;
};

/// The shortest and the longest wait a client is told. Longer ones would stall it for minutes: it may come back sooner,
/// and then waits in the queue until the upstream takes requests again.
inline constexpr milliseconds kShortestAdvice{250};
inline constexpr milliseconds kLongestAdvice{30'000};

/// Steers the client's SDK after an answer of the upstream that is passed on. Final ones and those on which our tries
/// are spent are not to be tried again, or the SDK multiplies the tries. Where only the time was too short, the client
/// may come again. The upstream's status is passed on, but a passing trouble is never a 401, 402 or 403, on which
/// clients disable their key, and no failure is a good answer. `estimate` is our own of when there is room again.
ClientAdvice client_advice(const Decision& decision, const Outcome& outcome, milliseconds estimate) noexcept;

/// The same for an error of ours: its status as in error_info(), with a short wait where the client may come again.
ClientAdvice client_advice(ErrorCode code, milliseconds estimate) noexcept;

}  // namespace tidegate::policy
