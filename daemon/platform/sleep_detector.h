#pragma once

#include <chrono>

namespace tidegate::platform {

/// How long this machine has slept since it was started: what a clock that goes on in sleep is ahead of one that stands
/// still. Two reads of clocks, without a system call where the kernel offers that.
std::chrono::nanoseconds time_asleep() noexcept;

/// Notices that the machine has slept since the last look. It has to be asked before a kept connection is used, each
/// time: no timer can stand in for the look, as on Linux timers stand still in sleep too. Asked so, nothing is won by
/// the word that a session manager sends around a sleep: that comes through another queue, behind or before a request.
class SleepDetector {
 public:
  using Source = std::chrono::nanoseconds (*)() noexcept;

  explicit SleepDetector(Source asleep = time_asleep) noexcept : asleep_(asleep), seen_(asleep()) {}

  /// Whether it has slept for kShortest or longer since the last look (at first: since this was made).
  [[nodiscard]] bool slept() noexcept {
    const auto now = asleep_();
    if (now - seen_ < kShortest) return false;
    seen_ = now;
    return true;
  }

  /// A pause that no connection minds. Shorter sleeps add up.
  static constexpr std::chrono::seconds kShortest{1};

 private:
  Source asleep_;
  std::chrono::nanoseconds seen_;
};

}  // namespace tidegate::platform
