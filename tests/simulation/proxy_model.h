#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "tests/simulation/event_queue.h"
#include "tests/simulation/scenario.h"

namespace tidegate::simulation {

/// What the proxy answers to a call.
struct ProxyAnswer {
  int status = 200;
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<std::uint64_t> remaining;
  std::optional<std::chrono::milliseconds> reset;
};

/// A proxy that admits so many calls a minute from all gateways together and refuses the others with 429. Refused calls
/// do not count against the limit.
class ProxyModel {
 public:
  /// `offset` shifts the fixed windows against the start of the simulation.
  ProxyModel(const Scenario& scenario, Time offset);

  ProxyAnswer call(Time now);

 private:
  bool admit(Time now);
  [[nodiscard]] std::uint64_t remaining() const;
  [[nodiscard]] Time until_one(Time now) const;    // until one more call is admitted
  [[nodiscard]] Time until_reset(Time now) const;  // what x-ratelimit-reset says

  Scenario scenario_;
  double limit_;   // calls a minute
  double bucket_;  // its size: ten seconds of the rate
  Time offset_;
  double tokens_;
  Time filled_{};
  std::int64_t window_ = -1;
  std::uint64_t used_ = 0;
  std::deque<Time> log_;  // admitted calls of the last minute
};

}  // namespace tidegate::simulation
