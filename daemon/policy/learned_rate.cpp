#include "daemon/policy/learned_rate.h"

#include <algorithm>
#include <cmath>

namespace tidegate::policy {
namespace {

constexpr double kMemory = 1.0 / 12;  // of the refused share, in answers
constexpr double kChance = 1.5;       // standard deviations of a count that are put down to chance

}  // namespace

void LearnedRate::set_cap(std::optional<double> cap) noexcept {
  const bool at_cap = rate_ == cap_;
  cap_ = cap;
  if (at_cap) {
    rate_ = cap;
  } else if (cap && rate_) {
    rate_ = std::min(*rate_, *cap);
  }
}

double LearnedRate::freshness(Time now) const noexcept {
  if (!first_refusal_) return 1;
  return std::exp(-std::chrono::duration<double>(now - *first_refusal_) / kFading);
}

void LearnedRate::good(Time now, bool paced) noexcept {
  refused_share_ -= refused_share_ * kMemory;
  if (!rate_ || !paced) return;
  const auto share =
      kShare / std::sqrt(*rate_) + (kFirstShare / std::sqrt(*rate_) + kFirstRamp / (*rate_ * *rate_)) * freshness(now);
  run_ += share;
  // A run of good answers that chance does not explain says that there is room: others have left, or the limit rose.
  const auto over = std::max(run_ - kRoom, 0.0);
  *rate_ *= 1 + step(now) * share * std::clamp(over * over, 1.0, kMostHaste);
  if (cap_) rate_ = std::min(*rate_, *cap_);
}

void LearnedRate::refused(Time now, const Measured& measured) noexcept {
  refused_share_ += (1 - refused_share_) * kMemory;
  if (!rate_ && !measured.enough) return;
  run_ = 0;
  if (!first_refusal_) first_refusal_ = now;
  rate_ = rate_.value_or(measured.started) * (1 - step(now));
  bound(measured);
}

// Under overload the good answers of all gateways add up to the limit: a gateway that is refused often and goes at the
// rate of its own good answers makes the sum right at once, however many there are. Few answers say too little for
// that.
void LearnedRate::bound(const Measured& measured) noexcept {
  if (measured.answers >= kEnoughToBound) {
    const auto chance = kChance / std::sqrt(measured.answers + 1.0);
    if (refused_share_ > kTooMany) *rate_ = std::min(*rate_, measured.good * (1 + chance));
    *rate_ = std::max(*rate_, measured.good * (1 - chance));
  }
  *rate_ = std::max(*rate_, kLeastPerSecond);
  if (cap_) rate_ = std::min(*rate_, *cap_);
}

}  // namespace tidegate::policy
