#include "daemon/policy/adaptive_concurrency.h"

#include <algorithm>

namespace tidegate::policy {
namespace {

constexpr double kRecentShare = 0.1;
constexpr double kUsualShare = 0.002;

}  // namespace

AdaptiveConcurrency::AdaptiveConcurrency(std::uint32_t most) : most_(std::max<double>(most, 1)), limit_(most_) {}

void AdaptiveConcurrency::set_most(std::uint32_t most) noexcept {
  const bool never_limited = limit_ >= most_;
  most_ = std::max<double>(most, 1);
  limit_ = never_limited ? most_ : std::min(limit_, most_);
}

void AdaptiveConcurrency::good(Time now, Time latency, std::uint32_t in_flight) noexcept {
  const auto seconds = std::chrono::duration<double>(latency).count();
  recent_s_ = recent_s_ == 0 ? seconds : recent_s_ + kRecentShare * (seconds - recent_s_);
  usual_s_ = usual_s_ == 0 ? seconds : std::min(usual_s_ + kUsualShare * (seconds - usual_s_), recent_s_);
  if (recent_s_ > kLatencyTolerance * usual_s_) {
    // Slow answers ask for less only while there is more than one call to be slow because of the others.
    if (in_flight > 1 && in_flight * 2 >= limit()) fall(now, latency, kSlowFactor);
    return;
  }
  // A limit that is not used says nothing about whether more would be well.
  if (in_flight * 2 < limit()) return;
  limit_ = std::min(most_, limit_ + (limit_ < slow_start_to_ ? 1.0 : 1.0 / limit_));
}

void AdaptiveConcurrency::fall(Time now, Time latency, double factor) noexcept {
  // Calls that were under way at the last fall tell of the same trouble.
  if (last_fall_ != Time::min() && now - latency <= last_fall_) return;
  last_fall_ = now;
  slow_start_to_ = std::max(limit_ / 2, slow_start_to_ * factor);
  limit_ = std::max(1.0, limit_ * factor);
}

}  // namespace tidegate::policy
