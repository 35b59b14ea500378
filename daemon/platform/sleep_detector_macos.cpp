#include <ctime>

#include "daemon/platform/sleep_detector.h"

namespace tidegate::platform {

// mach_continuous_time() and mach_absolute_time() in nanoseconds: the same counter, which only the second one stops in
// sleep (clock_gettime(3)). CLOCK_MONOTONIC is not one of the pair: the system's time service changes its pace.
std::chrono::nanoseconds time_asleep() noexcept {
  const auto with_sleep = ::clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW);
  const auto awake = ::clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
  return std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(with_sleep) -
                                  static_cast<std::chrono::nanoseconds::rep>(awake));
}

}  // namespace tidegate::platform
