#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace tidegate::policy {

/// Leaves an upstream that is gone, looks for its return with one attempt at a time, and comes back to it slowly.
/// What means "gone" is the caller's to say: connect failures, resets, timeouts, storms of 502, 503 and 504. Pure;
/// fixed size; loop thread only. Times must not go back.
///
/// For each attempt: started() where may_start(); then succeeded() or failed() once its head or its failure is there,
/// or neither where it was given up; and always finished() when its place is free.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::duration;
  using milliseconds = std::chrono::milliseconds;
  using Pass = std::uint64_t;  ///< which attempt this was; those from before an opening no longer count

  enum class State : std::uint8_t {
    closed,     ///< everything may go
    open,       ///< nothing may, until open_until()
    half_open,  ///< one may, as a probe
    recovering  ///< a few may: one more with each success
  };

  struct Options {
    std::uint32_t consecutive = 5;     ///< failures in a row that open it
    double share = 0.5;                ///< of the window's attempts whose failure opens it
    std::uint32_t least = 20;          ///< attempts in the window without which the share says nothing
    milliseconds open_initial{1'000};  ///< bound of the first open time; doubles each time
    milliseconds open_max{4'000};      ///< bound of the longest
    std::uint32_t recovered_at = 32;   ///< attempts at once with which it closes
  };

  static constexpr std::size_t kWindowSeconds = 10;
  /// Closed for so long, and the next open time begins small again.
  static constexpr std::chrono::seconds kCalm{30};

  CircuitBreaker() : CircuitBreaker(Options{}) {}
  explicit CircuitBreaker(const Options& options) : options_(options) {}
  void set_options(const Options& options) noexcept { options_ = options; }

  [[nodiscard]] State state(Time now) const noexcept;
  [[nodiscard]] bool may_start(Time now) const noexcept { return in_flight_ < limit(now); }
  /// Attempts of the present state that may be under way.
  [[nodiscard]] std::uint32_t limit(Time now) const noexcept;
  /// With State::open: when the probe may go.
  [[nodiscard]] Time open_until() const noexcept { return open_until_; }
  /// Since when the upstream has not been known to be well; meaningless while closed.
  [[nodiscard]] Time opened_at() const noexcept { return opened_at_; }
  [[nodiscard]] std::uint64_t opened_total() const noexcept { return opened_total_; }

  [[nodiscard]] Pass started(Time now) noexcept;
  void succeeded(Pass pass, Time now) noexcept;
  /// `random` is uniform in [0, 1): an open time is drawn between half of its bound and the whole.
  void failed(Pass pass, Time now, double random) noexcept;
  void finished(Pass pass) noexcept;

  /// Forgets the past, where the network has changed: closed, and the old attempts no longer count.
  void reset() noexcept;

 private:
  struct Second {
    std::uint32_t good = 0;
    std::uint32_t gone = 0;
  };
  void open(Time now, double random) noexcept;
  void close(Time now) noexcept;
  void advance(Time now) noexcept;
  [[nodiscard]] bool too_many_gone() const noexcept;

  Options options_;
  State state_ = State::closed;  // half_open is open past its time, until its probe has an answer
  Pass epoch_ = 1;
  std::uint32_t in_flight_ = 0;  // started in this epoch
  std::uint32_t allowance_ = 0;  // while recovering
  std::uint32_t in_a_row_ = 0;
  std::uint32_t openings_ = 0;  // without a calm time between them
  std::uint64_t opened_total_ = 0;
  Time open_until_{};
  Time opened_at_{};
  Time closed_at_ = Time::min();
  std::array<Second, kWindowSeconds> window_{};
  std::int64_t second_ = 0;
};

std::string_view state_name(CircuitBreaker::State state) noexcept;

}  // namespace tidegate::policy
