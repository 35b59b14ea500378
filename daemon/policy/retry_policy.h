#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "daemon/policy/outcome.h"
#include "daemon/policy/verdict.h"

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
  std::uint32_t max_attempts = 6;
  milliseconds backoff_initial{500};
  milliseconds backoff_max{8'000};
};

/// When the last tries of one exchange began: no more than kBurst of them in any kBurstWindow.
class TryTimes {
 public:
  static constexpr std::uint32_t kBurst = 4;
  static constexpr milliseconds kBurstWindow{3'000};

  using Time = std::chrono::steady_clock::duration;

  void began(Time now) noexcept { starts_[count_++ % kBurst] = now; }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  /// How long the next try has to wait for that bound; zero when it need not.
  [[nodiscard]] milliseconds wait(Time now) const noexcept;

 private:
  std::array<Time, kBurst> starts_{};
  std::uint32_t count_ = 0;
};

struct Decision {
  Verdict verdict = Verdict::success;
  milliseconds wait{0};  ///< with Verdict::retry
  Judgement judgement;   ///< of the attempt, whatever the verdict
};

/// Decides after attempt number `attempt` (from 1) on the table's judgement of it. `random` is uniform in [0, 1);
/// `left` is the time to the request's deadline; `burst_wait` is TryTimes::wait(). The budget is the caller's to ask,
/// last, once this says retry.
/// The wait: what the upstream asked for, obeyed to within kMaxSpread above it, so that gateways that were told the
/// same do not come back in the same instant; else exponential backoff with full jitter, not below what the table's row
/// says. A stale connection is replaced at once the first time.
Decision decide(const RetryOptions& options, const Outcome& outcome, std::uint32_t attempt, milliseconds left,
                double random, milliseconds burst_wait = milliseconds(0)) noexcept;

/// How much later than asked a wait may end: small enough to obey Retry-After to within 200 ms with the work between.
inline constexpr milliseconds kMaxSpread{100};

}  // namespace tidegate::policy
