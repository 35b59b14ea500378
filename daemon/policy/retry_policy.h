#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/error.h"

namespace tidegate::policy {

using std::chrono::milliseconds;

/// Why an attempt is, or is not, repeated. Each has a counter in status.
enum class Verdict {
  success,           ///< nothing to repeat
  final_answer,      ///< the upstream's answer would be the same again
  final_error,       ///< a transport failure that repeating does not mend (TLS trust)
  retry,             ///< repeat after a wait
  attempts_spent,    ///< would be repeated, but retry.maxAttempts is reached
  budget_spent,      ///< would be repeated, but retries are too large a share of the traffic
  deadline_too_near  ///< would be repeated, but the wait ends after the request's deadline
};

std::string_view verdict_name(Verdict verdict) noexcept;

struct RetryOptions {
  std::uint32_t max_attempts = 4;
  milliseconds backoff_initial{500};
  milliseconds backoff_max{8'000};
};

/// What came of one attempt.
struct Outcome {
  std::optional<int> status;                ///< of a complete head
  std::optional<ErrorCode> transport;       ///< of a failure without one
  bool stale_connection = false;            ///< a pooled connection was dead: nothing was processed
  std::optional<milliseconds> retry_after;  ///< what the upstream asked for
  std::optional<bool> upstream_advice;      ///< its `x-should-retry`, which OpenAI's SDKs obey before the status
};

struct Decision {
  Verdict verdict = Verdict::success;
  milliseconds wait{0};  ///< with Verdict::retry
};

/// Whether a status is worth another attempt: 408, 429, 500, 502, 503, 504 and Anthropic's 529 (overloaded).
bool retryable_status(int status) noexcept;

/// Decides after attempt number `attempt` (from 1). `random` is uniform in [0, 1); `left` is the time to the request's
/// deadline. The budget is the caller's to ask, last, once this says retry. Backoff is exponential with full jitter;
/// an upstream's Retry-After is obeyed and spread by a tenth above it, so that gateways that were told the same do not
/// come back in the same instant.
Decision decide(const RetryOptions& options, const Outcome& outcome, std::uint32_t attempt, milliseconds left,
                double random) noexcept;

}  // namespace tidegate::policy
