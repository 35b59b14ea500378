#include "daemon/observe/health_tracker.h"

#include <algorithm>
#include <tuple>

#include "common/ascii.h"

namespace tidegate::observe {

std::string_view to_string(Severity severity) noexcept { return severity == Severity::error ? "error" : "warning"; }

void HealthTracker::set(std::string_view code, Severity severity, std::string_view summary, TimePoint now,
                        std::chrono::system_clock::time_point wall_now, Clock::duration settle) {
  auto found = items_.find(code);
  if (found == items_.end()) {
    if (items_.size() >= kMaxItems) return;
    Tracked begun;
    begun.item.code = code;
    begun.item.since = wall_now;
    begun.began = now;
    found = items_.emplace(std::string(code), std::move(begun)).first;
  }
  auto& tracked = found->second;
  tracked.item.severity = severity;
  tracked.item.summary = printable(summary, kMaxSummary);
  tracked.settle = settle;
}

void HealthTracker::clear(std::string_view code) {
  if (const auto found = items_.find(code); found != items_.end()) items_.erase(found);
}

std::vector<HealthItem> HealthTracker::visible(TimePoint now) const {
  std::vector<HealthItem> items;
  for (const auto& [code, tracked] : items_) {
    if (tracked.seen(now)) items.push_back(tracked.item);
  }
  std::sort(items.begin(), items.end(), [](const HealthItem& a, const HealthItem& b) {
    return std::tuple(b.severity, a.since, a.code) < std::tuple(a.severity, b.since, b.code);
  });
  return items;
}

Health HealthTracker::overall(TimePoint now) const noexcept {
  const bool failing = std::any_of(items_.begin(), items_.end(), [now](const auto& entry) {
    return entry.second.item.severity == Severity::error && entry.second.seen(now);
  });
  return failing ? Health::degraded : Health::ok;
}

}  // namespace tidegate::observe
