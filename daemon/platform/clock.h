#pragma once

#include <chrono>

#include <asio/basic_waitable_timer.hpp>

#include "daemon/platform/loop.h"

namespace tidegate {

/// The daemon's steady clock, and in tests a clock that only moves when told to. Loop thread only while manual.
struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock, duration>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept;
};

using TimePoint = Clock::time_point;

/// While one lives, Clock stands still but for advance(). For tests; at most one at a time.
class ManualClock {
 public:
  ManualClock();
  ~ManualClock();
  ManualClock(const ManualClock&) = delete;
  ManualClock& operator=(const ManualClock&) = delete;

  static void advance(Clock::duration by) noexcept;

  /// Advances in steps of at most `step` and runs what became ready after each: hours pass in milliseconds.
  static void run_for(asio::io_context& loop, Clock::duration by, Clock::duration step = std::chrono::milliseconds(10));
};

/// Waits for nothing while the clock is manual, so that a poll of the loop sees each timer that is due.
struct ClockWaitTraits {
  static Clock::duration to_wait_duration(const Clock::duration& duration) noexcept;
  static Clock::duration to_wait_duration(const Clock::time_point& time) noexcept {
    return to_wait_duration(time - Clock::now());
  }
};

/// The only timer type of the daemon: asio::steady_timer would not follow the manual clock.
using Timer = asio::basic_waitable_timer<Clock, ClockWaitTraits, Executor>;

}  // namespace tidegate
