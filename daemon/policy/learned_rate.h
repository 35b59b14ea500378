#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tidegate::policy {

/// The call rate that a shared upstream lets this gateway have, learned from its answers alone. Unknown until a refusal
/// (429); from then on each refusal takes a step off and each good answer adds a small share of that step, so that the
/// rate settles where that share of the calls is refused: just above the edge of the limit. The share falls with the
/// rate, which is what draws gateways that know nothing of each other towards equal rates.
///
/// In the first minutes steps and share are larger: many refusals then tell much in little time, so that rates that
/// were first guessed from a few calls come together. Later a gateway with six calls a minute sees a refusal in ten
/// minutes, which comes by chance, and has to make little of it.
class LearnedRate {
 public:
  using Time = std::chrono::steady_clock::duration;

  static constexpr double kStep = 0.04;       ///< what a refusal takes off
  static constexpr double kFirstStep = 0.15;  ///< more of it at first, fading
  static constexpr std::chrono::seconds kFading{60};
  /// The share of refusals aimed at is kShare / sqrt(calls a second): 1.9 % at 6 calls a minute, 0.6 % at 60.
  static constexpr double kShare = 0.006;
  static constexpr double kFirstShare = 0.02;           ///< more of it at first, fading
  static constexpr double kFirstRamp = 16.0 / 3600;     ///< and a growth that is the same for every rate, in calls/s²
  static constexpr double kRoom = 6;                    ///< expected refusals that stayed away: there is room to grow
  static constexpr double kMostHaste = 9;               ///< times the usual growth, then
  static constexpr double kTooMany = 0.12;              ///< refused share: two of the last dozen
  static constexpr std::uint32_t kEnoughToBound = 30;   ///< good answers in a minute from which on they bound the rate
  static constexpr double kLeastPerSecond = 1.0 / 120;  ///< even a gateway that is always refused asks so often

  /// What was counted over the last minute.
  struct Measured {
    bool enough = false;        ///< for a first guess
    double started = 0;         ///< calls a second
    double good = 0;            ///< good answers a second
    std::uint32_t answers = 0;  ///< how many good ones that are
  };

  /// `cap`: calls a second that are never exceeded and known from the start; nothing: unlimited, to be learned.
  explicit LearnedRate(std::optional<double> cap) : cap_(cap), rate_(cap) {}
  void set_cap(std::optional<double> cap) noexcept;

  /// Calls a second; nothing while no limit was met.
  [[nodiscard]] std::optional<double> per_second() const noexcept { return rate_; }

  /// Of about the last dozen answers.
  [[nodiscard]] double refused_share() const noexcept { return refused_share_; }

  /// A good answer; `paced` when its call had waited for this rate, for else it says nothing of the rate.
  void good(Time now, bool paced) noexcept;
  void refused(Time now, const Measured& measured) noexcept;

 private:
  [[nodiscard]] double freshness(Time now) const noexcept;  // from 1 at the first refusal towards 0
  [[nodiscard]] double step(Time now) const noexcept { return kStep + kFirstStep * freshness(now); }
  void bound(const Measured& measured) noexcept;

  std::optional<double> cap_;
  std::optional<double> rate_;
  double refused_share_ = 0;
  double run_ = 0;  // refusals that the good answers since the last one would have had at the share aimed at
  std::optional<Time> first_refusal_;
};

}  // namespace tidegate::policy
