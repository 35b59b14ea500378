#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace tidegate::policy {

/// Lets retries be at most a share of recent requests, with a small floor, so that a failing upstream is not buried
/// under repetitions. Counts in 1 s buckets over the last 10 s; time comes with each call and must not go back.
class RetryBudget {
 public:
  static constexpr std::size_t kWindowSeconds = 10;
  static constexpr std::uint32_t kFloor = 3;  ///< retries in a window that are always allowed

  using Time = std::chrono::steady_clock::duration;

  explicit RetryBudget(double share = 0.2) : share_(share) {}
  void set_share(double share) noexcept { share_ = share; }

  void request(Time now) noexcept;

  /// Takes one retry out of the budget; false when it is used up.
  [[nodiscard]] bool take(Time now) noexcept;

 private:
  struct Bucket {
    std::uint32_t requests = 0;
    std::uint32_t retries = 0;
  };
  void advance(Time now) noexcept;

  std::array<Bucket, kWindowSeconds> buckets_{};
  std::int64_t second_ = 0;  // of the newest bucket
  double share_;
};

}  // namespace tidegate::policy
