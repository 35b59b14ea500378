#include "tests/support/sim/rate_window.h"

#include <algorithm>

namespace tidegate::sim {

RateWindow::Verdict RateWindow::take(Time now, std::uint64_t per_minute) {
  constexpr std::chrono::minutes kWindow(1);
  while (!taken_.empty() && now - taken_.front() >= kWindow) taken_.pop_front();
  const bool allowed = taken_.size() < per_minute;
  if (allowed) taken_.push_back(now);
  const auto remaining = per_minute - std::min<std::uint64_t>(taken_.size(), per_minute);
  if (remaining > 0 || taken_.empty()) return {allowed, remaining, std::chrono::milliseconds(0)};
  return {allowed, 0, std::chrono::ceil<std::chrono::milliseconds>(taken_.front() + kWindow - now)};
}

}  // namespace tidegate::sim
