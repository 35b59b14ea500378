#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace tidegate::policy {

/// Counts events over the last minute in buckets of one second. Time must not go back; a step back counts as now.
class RateWindow {
 public:
  static constexpr std::size_t kSeconds = 60;

  using Time = std::chrono::steady_clock::duration;

  void add(Time now) noexcept;

  /// Events of the last 60 to 61 seconds: never fewer than those of the last minute.
  [[nodiscard]] std::uint32_t count(Time now) noexcept;

  /// Events a second over the last minute, or over the time since the first event where that is shorter (but at least
  /// `shortest`, so that two events at once are no storm).
  [[nodiscard]] double per_second(Time now, std::chrono::seconds shortest) noexcept;

  /// Since the first event ever; zero before it.
  [[nodiscard]] Time age(Time now) const noexcept { return first_ < 0 ? Time{} : now - std::chrono::seconds(first_); }

  /// When count() will be lower than now: the end of the oldest bucket that holds an event. `now` when it is empty.
  [[nodiscard]] Time next_drop(Time now) noexcept;

 private:
  static constexpr std::size_t kBuckets = kSeconds + 1;  // the newest is not over yet
  void advance(Time now) noexcept;

  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint32_t sum_ = 0;
  std::int64_t second_ = 0;  // of the newest bucket
  std::int64_t first_ = -1;  // second of the first event ever; none: -1
};

}  // namespace tidegate::policy
