#pragma once

#include <chrono>
#include <cstdint>

namespace tidegate::policy {

/// How many calls may be under way at once, learned from their answers: additive increase, multiplicative decrease. It
/// starts at the most that is allowed, falls when the upstream says it is too much (once for all calls that were under
/// way together) or when answers come much later than they used to, and rises by about one for each limit's worth of
/// good answers, only while the limit is in use. After a fall to one it doubles with each round of answers until it has
/// half of what it had.
class AdaptiveConcurrency {
 public:
  using Time = std::chrono::steady_clock::duration;

  static constexpr double kOverloadFactor = 0.7;     ///< for 503, 529 and timeouts
  static constexpr double kRateLimitedFactor = 0.9;  ///< for 429, which mostly speak of a rate
  static constexpr double kSlowFactor = 0.95;        ///< while answers are slow
  static constexpr double kLatencyTolerance = 2.0;   ///< recent latency over the usual one at which to stop rising

  explicit AdaptiveConcurrency(std::uint32_t most);

  /// A new bound; the learned limit stays below it. What was never limited follows the bound up.
  void set_most(std::uint32_t most) noexcept;

  /// From 1 to `most`.
  [[nodiscard]] std::uint32_t limit() const noexcept { return static_cast<std::uint32_t>(limit_); }

  /// A good answer after `latency`, with `in_flight` calls under way, itself among them.
  void good(Time now, Time latency, std::uint32_t in_flight) noexcept;
  void overloaded(Time now, Time latency) noexcept { fall(now, latency, kOverloadFactor); }
  void rate_limited(Time now, Time latency) noexcept { fall(now, latency, kRateLimitedFactor); }

 private:
  void fall(Time now, Time latency, double factor) noexcept;

  double most_;
  double limit_;
  double slow_start_to_ = 0;  // below it the limit doubles with each round
  double recent_s_ = 0;       // latency in seconds over about 10 answers
  double usual_s_ = 0;        // and over some hundreds; falls at once, rises slowly
  Time last_fall_ = Time::min();
};

}  // namespace tidegate::policy
