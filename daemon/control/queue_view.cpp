#include <algorithm>

#include "daemon/control/views.h"

namespace tidegate::control {

std::int64_t as_ms(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json until_ms(TimePoint until, TimePoint now) {
  if (until == TimePoint::max()) return nullptr;
  return as_ms(std::max(until - now, Clock::duration::zero()));
}

Json gate_part(dispatch::UpstreamGate& gate, TimePoint now) {
  using policy::CircuitBreaker;
  const auto& circuit = gate.circuit();
  const auto state = circuit.state(now.time_since_epoch());
  const bool closed = state == CircuitBreaker::State::closed;
  Json part{{"circuit",
             {{"state", policy::state_name(state)},
              {"asked_again_in_ms",
               state == CircuitBreaker::State::open ? until_ms(TimePoint(circuit.open_until()), now) : Json(nullptr)},
              {"since_ms", closed ? Json(nullptr) : Json(as_ms(now - TimePoint(circuit.opened_at())))},
              {"opened_total", circuit.opened_total()}}},
            {"models", Json::array()}};
  for (const auto& [model, pace] : gate.models(now)) {
    const bool held = pace.until > now.time_since_epoch();
    part["models"].push_back({{"model", model},
                              {"waits_for", policy::pace_wait_name(pace.wait)},
                              {"not_before_ms", held ? until_ms(TimePoint(pace.until), now) : Json(nullptr)},
                              {"per_minute", pace.per_minute ? Json(*pace.per_minute) : Json(nullptr)},
                              {"in_flight", pace.in_flight},
                              {"concurrency_limit", pace.concurrency_limit}});
  }
  return part;
}

Json queue_view(const Sources& sources) {
  const auto now = Clock::now();
  const auto& queue = sources.queue;
  Json view{{"depth", queue.depth()},
            {"in_flight", queue.in_flight()},
            {"max_in_flight", queue.bounds().max_in_flight},
            {"max_depth", queue.bounds().max_depth},
            {"bytes", queue.bytes()},
            {"max_bytes", queue.bounds().max_bytes},
            {"gate", gate_part(sources.gate, now)},
            {"waiting", Json::array()}};
  for (const auto& [place, waiting] : queue.waiters(now))
    view["waiting"].push_back({{"id", place->exchange},
                               {"position", waiting.position},
                               {"client", place->client},
                               {"session", place->session.empty() ? Json(nullptr) : Json(place->session)},
                               {"priority", policy::priority_name(place->priority)},
                               {"model", place->model},
                               {"waits_for", dispatch::to_string(waiting.reason)},
                               {"waited_ms", as_ms(now - waiting.since)},
                               {"not_before_ms", until_ms(waiting.until, now)}});
  return view;
}

}  // namespace tidegate::control
