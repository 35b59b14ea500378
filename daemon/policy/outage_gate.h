#pragma once

#include <chrono>
#include <cstdint>

namespace tidegate::policy {

/// Spaces the calls to an upstream that fails: half a second after the first failure (half the usual distance between
/// calls, where that is longer), soon only at a quarter of the normal call rate, so that an outage costs the upstream
/// little and its end is seen soon. One good answer opens it.
class OutageGate {
 public:
  using Time = std::chrono::steady_clock::duration;

  static constexpr std::chrono::milliseconds kFirstGap{500};
  /// The longest gap is so many times the normal distance between calls, less the offset: with the first tries a
  /// quarter of the normal rate over five minutes, both at 60 calls a minute, where 4.2 s find the end in time, and
  /// at 6.
  static constexpr double kGapFactor = 6.3;
  static constexpr std::chrono::milliseconds kGapOffset{2'100};
  static constexpr std::chrono::milliseconds kShortestLongestGap{4'200};  ///< whatever the normal rate
  static constexpr std::chrono::seconds kLongestGap{90};                  ///< whatever the normal rate

  /// A failure of a call that took `latency`; `normal_per_second` is the call rate before the trouble, `random` uniform
  /// in [0, 1). Calls that were under way together count as one.
  void failed(Time now, Time latency, double normal_per_second, double random) noexcept;
  void succeeded() noexcept;

  /// Consecutive rounds of failures; 0 is closed for business as usual.
  [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }
  [[nodiscard]] bool holds(Time now) const noexcept { return failures_ > 0 && now < until_; }
  /// When the next call may try; meaningful while failures() > 0.
  [[nodiscard]] Time until() const noexcept { return until_; }

 private:
  std::uint32_t failures_ = 0;
  bool spread_ = false;  // whether the wait that sets the phase was had
  double normal_per_second_ = 0;
  Time last_ = Time::min();
  Time until_{};
};

}  // namespace tidegate::policy
