#include "tests/simulation/recorder.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tidegate::simulation {
namespace {

double seconds(Time time) { return std::chrono::duration<double>(time).count(); }

double jain(const std::vector<std::uint32_t>& counts) {
  double sum = 0;
  double squares = 0;
  for (const double each : counts) {
    sum += each;
    squares += each * each;
  }
  return squares == 0 ? 1 : sum * sum / (static_cast<double>(counts.size()) * squares);
}

constexpr double kCallsOfASpan = 30;

}  // namespace

Recorder::Recorder(const Scenario& scenario)
    : scenario_(&scenario),
      good_(scenario.gateways),
      good_late_(scenario.gateways),
      minute_after_(600),
      present_(scenario.gateways) {}

// An outage and the two windows after it are judged by figures of their own.
bool Recorder::measured(Time now) const {
  if (now < Scenario::kSettling) return false;
  if (scenario_->trouble != Trouble::outage) return true;
  return now < scenario_->outage_start() || now >= scenario_->outage_end() + Scenario::kSettling;
}

void Recorder::call(Time now, std::uint32_t gateway, int status) {
  ++calls_;
  if (measured(now)) {
    ++measured_calls_;
    if (status == 429) ++measured_refused_;
    if (status == 200) {
      ++measured_good_;
      ++good_[gateway];
      if (now >= Scenario::kSettling + scenario_->measured * 2 / 3 + Scenario::kSettling) ++good_late_[gateway];
    }
  }
  if (scenario_->trouble != Trouble::outage) return;
  if (now >= Scenario::kSettling && now < scenario_->outage_start()) ++calls_before_;
  if (now >= scenario_->outage_start() && now < scenario_->outage_end()) ++calls_during_;
  const auto after = seconds(now - scenario_->outage_end());
  if (after >= 0 && after < 60) ++minute_after_[static_cast<std::size_t>(after * 10)];
}

void Recorder::good_answer(Time now) {
  if (first_good_s_ < 0 && scenario_->trouble == Trouble::outage && now >= scenario_->outage_end())
    first_good_s_ = seconds(now - scenario_->outage_end());
}

void Recorder::present(Time now, std::uint32_t gateways) {
  const auto limit = scenario_->gateways * scenario_->per_minute / 60;
  const auto own = scenario_->knowledge == Knowledge::configured ? 1 : scenario_->demand;
  const auto wanted = present_ * scenario_->per_minute / 60 * own;
  const auto from = std::max<Time>(since_, Scenario::kSettling);
  if (now > from) allowed_ += seconds(now - from) * std::min(limit, wanted);
  if (scenario_->trouble == Trouble::outage && now > scenario_->outage_start())
    allowed_ -= seconds(Scenario::kOutage + Scenario::kSettling) * std::min(limit, wanted);
  since_ = now;
  present_ = gateways;
}

Figures::Outage Recorder::outage() const {
  Figures::Outage outage;
  const auto before = static_cast<double>(calls_before_) / seconds(scenario_->outage_start() - Scenario::kSettling);
  outage.calls = static_cast<double>(calls_during_) / seconds(Scenario::kOutage) / before;
  outage.first_good_s = first_good_s_;
  const auto mean = std::accumulate(minute_after_.begin(), minute_after_.end(), 0.0) / 60;
  if (mean == 0) return outage;
  outage.peak_span_s = std::clamp(kCallsOfASpan / mean, 1.0, 30.0);
  const auto span = static_cast<std::size_t>(std::ceil(outage.peak_span_s * 10));
  for (std::size_t at = 0; at + span <= minute_after_.size(); ++at) {
    const auto from = minute_after_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto calls = std::accumulate(from, from + static_cast<std::ptrdiff_t>(span), 0.0);
    outage.peak = std::max(outage.peak, calls / (static_cast<double>(span) / 10) / mean);
  }
  return outage;
}

Figures Recorder::figures(Time end, std::uint64_t lost) {
  present(end, 0);
  Figures figures;
  figures.useful = static_cast<double>(measured_good_) / allowed_;
  figures.refused =
      static_cast<double>(measured_refused_) / static_cast<double>(std::max<std::uint64_t>(measured_calls_, 1));
  figures.lost = lost;
  figures.calls = calls_;
  if (scenario_->trouble == Trouble::churn) {
    // Those who stayed, over all the time; everybody, once those who came back have had two windows.
    std::vector<std::uint32_t> stayed;
    for (std::size_t each = 0; each < good_.size(); ++each)
      if (each % 5 != 1) stayed.push_back(good_[each]);
    figures.fairness = std::min(jain(stayed), jain(good_late_));
  } else {
    figures.fairness = jain(good_);
  }
  if (scenario_->trouble == Trouble::outage) figures.outage = outage();
  return figures;
}

}  // namespace tidegate::simulation
