#include <ctime>

#include "daemon/platform/sleep_detector.h"

namespace tidegate::platform {
namespace {

std::chrono::nanoseconds read(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

// Both run at the same pace (clock_gettime(2)), so that the distance grows in sleep only.
std::chrono::nanoseconds time_asleep() noexcept {
  const auto with_sleep = read(CLOCK_BOOTTIME);
  return with_sleep - read(CLOCK_MONOTONIC);
}

}  // namespace tidegate::platform
