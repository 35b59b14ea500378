#include "daemon/policy/outage_gate.h"

#include <algorithm>

namespace tidegate::policy {

void OutageGate::failed(Time now, Time latency, double normal_per_second, double random) noexcept {
  if (failures_ > 0 && now - latency < last_) return;
  if (failures_ == 0) normal_per_second_ = normal_per_second;
  last_ = now;
  using Seconds = std::chrono::duration<double>;
  const Seconds distance(1 / std::max(normal_per_second_, 1e-3));
  const Seconds longest =
      std::clamp(Seconds(kGapFactor * distance - kGapOffset), Seconds(kShortestLongestGap), Seconds(kLongestGap));
  const Seconds gap = std::max(Seconds(kFirstGap), distance / 2) * static_cast<double>(1U << std::min(failures_, 16U));
  const bool growing = gap * 8 <= longest;
  // Gateways that failed in the same instant must not come back in the same instant: the first gaps are spread widely,
  // which sets the phases, those after hardly, so that the end of the outage is seen in time.
  Seconds wait = longest * (0.98 + 0.04 * random);
  if (growing) wait = gap * (0.5 + random);
  if (!growing && !spread_) wait = longest * (0.3 + 0.7 * random);
  spread_ = !growing;
  ++failures_;
  until_ = now + std::chrono::duration_cast<Time>(wait);
}

void OutageGate::succeeded() noexcept {
  failures_ = 0;
  spread_ = false;
}

}  // namespace tidegate::policy
