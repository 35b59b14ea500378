#include "daemon/platform/clock.h"

#include <algorithm>
#include <cassert>

namespace tidegate {
namespace {

bool manual = false;
Clock::duration manual_now{};

}  // namespace

TimePoint Clock::now() noexcept {
  if (manual) return TimePoint(manual_now);
  return TimePoint(std::chrono::steady_clock::now().time_since_epoch());
}

ManualClock::ManualClock() {
  assert(!manual);
  manual_now = std::chrono::steady_clock::now().time_since_epoch();
  manual = true;
}

ManualClock::~ManualClock() { manual = false; }

void ManualClock::advance(Clock::duration by) noexcept { manual_now += by; }

void ManualClock::run_for(asio::io_context& loop, Clock::duration by, Clock::duration step) {
  const auto end = Clock::now() + by;
  loop.restart();
  while (loop.poll() > 0) {
  }
  while (Clock::now() < end) {
    advance(std::min(step, end - Clock::now()));
    loop.restart();
    while (loop.poll() > 0) {
    }
  }
}

Clock::duration ClockWaitTraits::to_wait_duration(const Clock::duration& duration) noexcept {
  return manual ? Clock::duration::zero() : duration;
}

}  // namespace tidegate
