#include "daemon/policy/pacer.h"

#include <algorithm>

namespace tidegate::policy {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr std::chrono::seconds kShortestMeasure{20};
constexpr double kJitter = 0.02;  // of the distance between calls

std::optional<double> cap_of(const std::optional<std::uint32_t>& per_minute) noexcept {
  if (!per_minute) return std::nullopt;
  return Pacer::kUsedShare * std::max(*per_minute, 1U) / 60.0;
}

Pacer::Time scaled(Seconds span, double factor) noexcept {
  return std::chrono::duration_cast<Pacer::Time>(span * factor);
}

}  // namespace

std::string_view pace_wait_name(PaceWait wait) noexcept {
  switch (wait) {
    case PaceWait::none: return "none";
    case PaceWait::pace: return "pace";
    case PaceWait::rate_limit: return "rate_limit";
    case PaceWait::upstream_down: return "upstream_down";
    case PaceWait::concurrency: return "concurrency";
  }
  return "unknown";
}

Pacer::Pacer(const Options& options)
    : per_minute_(options.per_minute), rate_(cap_of(options.per_minute)), concurrency_(options.max_in_flight) {}

void Pacer::set_options(const Options& options) noexcept {
  per_minute_ = options.per_minute;
  rate_.set_cap(cap_of(options.per_minute));
  concurrency_.set_most(options.max_in_flight);
}

Pacer::Time Pacer::earliest(Time now) noexcept {
  auto time = std::max(rate_.per_second() ? next_ : Time::min(), hold_);
  if (outage_.failures() > 0) time = std::max(time, outage_.until());
  if (per_minute_ && starts_.count(now) >= std::max(*per_minute_, 1U)) time = std::max(time, starts_.next_drop(now));
  return time;
}

void Pacer::started(Time now, double random) noexcept {
  ++in_flight_;
  starts_.add(now);
  const auto rate = rate_.per_second();
  if (!rate) return;
  const Seconds distance(1 / *rate);
  paced_ = next_ != Time::min() && now - next_ < distance / 2;
  const auto from = next_ == Time::min() ? now : std::max<Time>(next_, now - kCredit);
  next_ = from + scaled(distance, 1 + kJitter * (random - 0.5));
}

void Pacer::finished() noexcept {
  if (in_flight_ > 0) --in_flight_;
}

void Pacer::answered(Time now, const PaceAnswer& answer, double random) noexcept {
  switch (answer.signal) {
    case Signal::ok:
      good_.add(now);
      refusals_ = 0;
      outage_.succeeded();
      rate_.good(now, paced_);
      concurrency_.good(now, answer.latency, in_flight_);
      if (answer.requests.remaining == 0 && answer.requests.reset_after) {
        if (*answer.requests.reset_after > 1.5 * Seconds(1 / rate_.per_second().value_or(1e-3))) learn_refusal(now);
        hold(now + std::min<Time>(*answer.requests.reset_after, kLongestHold));
      }
      break;
    case Signal::rate_limited: refused(now, answer, random); break;
    case Signal::busy:
      concurrency_.overloaded(now, answer.latency);
      if (answer.retry_after) hold(now + std::min<Time>(*answer.retry_after, kLongestHold));
      break;
    case Signal::overloaded:
      outage_.failed(now, answer.latency, starts_.per_second(now, std::chrono::seconds(RateWindow::kSeconds)), random);
      concurrency_.overloaded(now, answer.latency);
      next_ = std::max(next_, outage_.until());
      if (answer.retry_after) hold(now + std::min<Time>(*answer.retry_after, kLongestHold));
      break;
    case Signal::failed:
    case Signal::cancelled: break;
  }
}

void Pacer::learn_refusal(Time now) noexcept {
  LearnedRate::Measured measured;
  measured.enough = starts_.age(now) >= kShortestMeasure;
  measured.started = starts_.per_second(now, kShortestMeasure);
  measured.good = good_.per_second(now, kShortestMeasure);
  measured.answers = good_.count(now);
  rate_.refused(now, measured);
}

void Pacer::refused(Time now, const PaceAnswer& answer, double random) noexcept {
  outage_.succeeded();  // it answers
  learn_refusal(now);
  concurrency_.rate_limited(now, answer.latency);
  if (refusals_ == 0 || now - answer.latency >= last_refusal_) {
    ++refusals_;
    last_refusal_ = now;
  }
  const Seconds distance(1 / rate_.per_second().value_or(1));
  // Without a word from the upstream: one distance, doubling while it keeps refusing.
  Time wait = std::min<Time>(
      scaled(distance, static_cast<double>(1U << std::min(std::max(refusals_, 3U) - 3, 10U)) * (0.75 + 0.5 * random)),
      std::max<Time>(kLongestGuess, scaled(distance, 1 + random)));
  const bool used_up = answer.requests.remaining.value_or(0) == 0;
  const auto told = answer.retry_after || !used_up ? answer.retry_after : answer.requests.reset_after;
  if (told) wait = std::min<Time>(*told, kLongestHold) + scaled(std::min<Seconds>(*told / 10.0, kMostSpread), random);
  hold(now + wait);
}

void Pacer::hold(Time until) noexcept {
  hold_ = std::max(hold_, until);
  next_ = std::max(next_, hold_);
}

PaceState Pacer::state(Time now) noexcept {
  PaceState state;
  state.until = earliest(now);
  state.in_flight = in_flight_;
  state.concurrency_limit = concurrency_.limit();
  if (const auto rate = rate_.per_second()) state.per_minute = *rate * 60;
  if (state.until > now) {
    state.wait = outage_.holds(now) ? PaceWait::upstream_down : hold_ > now ? PaceWait::rate_limit : PaceWait::pace;
  } else if (!has_room()) {
    state.wait = PaceWait::concurrency;
  }
  return state;
}

}  // namespace tidegate::policy
