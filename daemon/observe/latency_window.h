#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/platform/clock.h"

namespace tidegate::observe {

struct Percentiles {
  std::size_t samples = 0;  ///< without any, the rest is zero
  std::chrono::milliseconds p50{0};
  std::chrono::milliseconds p90{0};
  std::chrono::milliseconds p99{0};
};

/// Latencies of late: the last kMaxSamples within kMaxAge. Adding is O(1); sorting happens on reading, which only a
/// person or a scraper causes. Pure: time is passed in.
class LatencyWindow {
 public:
  static constexpr std::size_t kMaxSamples = 1024;
  static constexpr std::chrono::minutes kMaxAge{15};

  void add(TimePoint now, Clock::duration latency);

  [[nodiscard]] Percentiles percentiles(TimePoint now) const;

  /// The p50 as it was within the last kTypicalAge: cheap enough to ask for each request that is turned away.
  [[nodiscard]] std::chrono::milliseconds typical(TimePoint now) const;
  static constexpr std::chrono::seconds kTypicalAge{1};

 private:
  struct Sample {
    TimePoint at;
    std::uint32_t ms;
  };
  std::vector<Sample> samples_;  // a ring once it is full: an idle gateway holds no 16 KiB for nothing
  std::size_t oldest_ = 0;
  mutable std::chrono::milliseconds typical_{0};
  mutable std::optional<TimePoint> typical_at_;
};

}  // namespace tidegate::observe
