#include "daemon/policy/retry_budget.h"

#include <algorithm>

namespace tidegate::policy {

void RetryBudget::advance(Time now) noexcept {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  const auto passed = std::min<std::int64_t>(second - second_, kWindowSeconds);
  for (std::int64_t i = 1; i <= passed; ++i)
    buckets_[static_cast<std::size_t>((second_ + i) % static_cast<std::int64_t>(kWindowSeconds))] = {};
  if (passed > 0 && second - second_ > passed) buckets_.fill({});
  second_ = std::max(second_, second);
}

void RetryBudget::request(Time now) noexcept {
  advance(now);
  ++buckets_[static_cast<std::size_t>(second_) % kWindowSeconds].requests;
}

bool RetryBudget::take(Time now) noexcept {
  advance(now);
  std::uint32_t requests = 0;
  std::uint32_t retries = 0;
  for (const auto& bucket : buckets_) {
    requests += bucket.requests;
    retries += bucket.retries;
  }
  if (retries >= kFloor && retries + 1 > share_ * requests) return false;
  ++buckets_[static_cast<std::size_t>(second_) % kWindowSeconds].retries;
  return true;
}

}  // namespace tidegate::policy
