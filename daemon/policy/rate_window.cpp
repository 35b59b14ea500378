#include "daemon/policy/rate_window.h"

#include <algorithm>

namespace tidegate::policy {

using std::chrono::seconds;

void RateWindow::advance(Time now) noexcept {
  const auto second = std::max<std::int64_t>(std::chrono::duration_cast<seconds>(now).count(), 0);
  if (second <= second_) return;
  if (second - second_ >= static_cast<std::int64_t>(kBuckets)) {
    buckets_.fill(0);
    sum_ = 0;
  } else {
    for (auto each = second_ + 1; each <= second; ++each) {
      auto& bucket = buckets_[static_cast<std::size_t>(each) % kBuckets];
      sum_ -= bucket;
      bucket = 0;
    }
  }
  second_ = second;
}

void RateWindow::add(Time now) noexcept {
  advance(now);
  ++buckets_[static_cast<std::size_t>(second_) % kBuckets];
  ++sum_;
  if (first_ < 0) first_ = second_;
}

std::uint32_t RateWindow::count(Time now) noexcept {
  advance(now);
  return sum_;
}

double RateWindow::per_second(Time now, seconds shortest) noexcept {
  advance(now);
  if (first_ < 0) return 0;
  const auto known = std::min<std::int64_t>(second_ - first_ + 1, kSeconds);
  // A full window holds its 60 whole seconds and the one that has only begun.
  const auto begun = std::chrono::duration<double>(now - seconds(second_)).count();
  const auto span = static_cast<double>(known - (known < static_cast<std::int64_t>(kSeconds) ? 1 : 0)) + begun;
  return static_cast<double>(sum_) / std::max(span, static_cast<double>(shortest.count()));
}

RateWindow::Time RateWindow::next_drop(Time now) noexcept {
  advance(now);
  if (sum_ == 0) return now;
  for (auto each = std::max<std::int64_t>(second_ - static_cast<std::int64_t>(kSeconds), 0); each <= second_; ++each)
    if (buckets_[static_cast<std::size_t>(each) % kBuckets] != 0)
      return seconds(each + static_cast<std::int64_t>(kBuckets));
  return now;
}

}  // namespace tidegate::policy
