#include "daemon/observe/latency_window.h"

#include <algorithm>
#include <limits>

namespace tidegate::observe {
namespace {

// Nearest rank: the smallest sample that at least `percent` of all do not exceed.
std::chrono::milliseconds rank(const std::vector<std::uint32_t>& sorted, std::size_t percent) {
  const auto position = (sorted.size() * percent + 99) / 100;
  return std::chrono::milliseconds(sorted[position - 1]);
}

}  // namespace

void LatencyWindow::add(TimePoint now, Clock::duration latency) {
  const auto ms = std::clamp<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(latency).count(), 0,
                                           std::numeric_limits<std::uint32_t>::max());
  const Sample sample{now, static_cast<std::uint32_t>(ms)};
  if (samples_.size() < kMaxSamples) {
    samples_.push_back(sample);
    return;
  }
  samples_[oldest_] = sample;
  oldest_ = (oldest_ + 1) % kMaxSamples;
}

Percentiles LatencyWindow::percentiles(TimePoint now) const {
  std::vector<std::uint32_t> recent;
  recent.reserve(samples_.size());
  for (const auto& sample : samples_) {
    if (now - sample.at <= kMaxAge) recent.push_back(sample.ms);
  }
  if (recent.empty()) return {};
  std::sort(recent.begin(), recent.end());
  return {recent.size(), rank(recent, 50), rank(recent, 90), rank(recent, 99)};
}

std::chrono::milliseconds LatencyWindow::typical(TimePoint now) const {
  if (!typical_at_ || now - *typical_at_ >= kTypicalAge) {
    typical_ = percentiles(now).p50;
    typical_at_ = now;
  }
  return typical_;
}

}  // namespace tidegate::observe
