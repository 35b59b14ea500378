#include "daemon/dispatch/upstream_gate.h"

#include <algorithm>

namespace tidegate::dispatch {

using policy::CircuitBreaker;
using policy::PaceWait;
using policy::Reason;
using policy::Signal;

namespace {

// The policies count from the same moment as the clock.
Clock::duration since_epoch(TimePoint time) noexcept { return time.time_since_epoch(); }

TimePoint at(Clock::duration time) noexcept { return TimePoint(time); }

policy::Pacer::Options pacer_options(const UpstreamGate::Options& options) {
  policy::Pacer::Options out;
  out.max_in_flight = options.max_in_flight;
  return out;
}

}  // namespace

Signal pace_signal(Reason reason) noexcept {
  switch (reason) {
    case Reason::rate_limited:
    case Reason::in_flight_budget: return Signal::rate_limited;
    case Reason::overloaded:
    case Reason::no_channel:
    case Reason::timeout:
    case Reason::unreachable:
    case Reason::reset:
    case Reason::bad_gateway: return Signal::overloaded;
    case Reason::truncated:
    case Reason::tls:
    case Reason::protocol:
    case Reason::proxy_database:
    case Reason::server_error:
    case Reason::advised: return Signal::failed;
    default: return Signal::ok;  // it said no to this request alone
  }
}

bool means_gone(Reason reason) noexcept {
  switch (reason) {
    case Reason::timeout:
    case Reason::unreachable:
    case Reason::reset:
    case Reason::bad_gateway:
    case Reason::overloaded: return true;
    default: return false;
  }
}

UpstreamGate::UpstreamGate(std::mt19937_64& random) : random_(random) {}

void UpstreamGate::set_options(const Options& options) {
  options_ = options;
  for (auto& [name, model] : models_) model.pacer.set_options(pacer_options(options));
}

double UpstreamGate::roll() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

UpstreamGate::Model& UpstreamGate::find(std::string_view name, TimePoint now) {
  auto found = models_.find(name);
  if (found == models_.end()) {
    if (models_.size() >= kMaxModels) {
      const auto idlest = std::min_element(models_.begin(), models_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.under_way > 0, a.second.last_used) <
               std::pair(b.second.under_way > 0, b.second.last_used);
      });
      // With all of them in use the new one shares a gate: its own would be without a bound.
      if (idlest->second.under_way > 0) return idlest->second;
      models_.erase(idlest);
    }
    found = models_.try_emplace(std::string(name), pacer_options(options_)).first;
  }
  found->second.last_used = now;
  return found->second;
}

Opening UpstreamGate::opening(std::string_view name, TimePoint now) noexcept {
  const auto time = since_epoch(now);
  if (!circuit_.may_start(time)) {
    const bool timed = circuit_.state(time) == CircuitBreaker::State::open;
    return {WaitReason::circuit_open, timed ? std::max(now, at(circuit_.open_until())) : TimePoint::max()};
  }
  auto& pacer = find(name, now).pacer;
  if (const auto earliest = pacer.earliest(time); earliest > time) {
    const bool down = pacer.state(time).wait == PaceWait::upstream_down;
    return {down ? WaitReason::circuit_open : WaitReason::rate_limit, at(earliest)};
  }
  if (!pacer.has_room()) return {WaitReason::concurrency, TimePoint::max()};
  return {};
}

Gate::Pass UpstreamGate::started(std::string_view name, TimePoint now) noexcept {
  auto& model = find(name, now);
  ++model.under_way;
  model.pacer.started(since_epoch(now), roll());
  return circuit_.started(since_epoch(now));
}

void UpstreamGate::finished(std::string_view name, Pass pass, TimePoint now) noexcept {
  auto& model = find(name, now);
  if (model.under_way > 0) --model.under_way;
  model.pacer.finished();
  circuit_.finished(pass);
}

void UpstreamGate::answered(std::string_view name, Pass pass, const AttemptEnd& end, TimePoint now) {
  const auto time = since_epoch(now);
  if (means_gone(end.judgement.reason))
    circuit_.failed(pass, time, roll());
  else
    circuit_.succeeded(pass, time);
  auto signal = pace_signal(end.judgement.reason);
  // One failure among good answers is no outage: while the circuit is closed the others go on.
  if (signal == Signal::overloaded && circuit_.state(time) == CircuitBreaker::State::closed) signal = Signal::busy;
  find(name, now).pacer.answered(time, {signal, end.latency, end.retry_after, end.requests}, roll());
}

void UpstreamGate::given_up(std::string_view name, TimePoint now) {
  find(name, now).pacer.answered(since_epoch(now), {Signal::cancelled, {}, std::nullopt, {}}, roll());
}

bool UpstreamGate::probing(TimePoint now) const noexcept {
  return circuit_.state(since_epoch(now)) == CircuitBreaker::State::half_open;
}

std::vector<UpstreamGate::ModelState> UpstreamGate::models(TimePoint now) {
  std::vector<ModelState> out;
  out.reserve(models_.size());
  for (auto& [name, model] : models_) out.push_back({name, model.pacer.state(since_epoch(now))});
  return out;
}

}  // namespace tidegate::dispatch
