#pragma once

#include <cstdint>
#include <vector>

#include "tests/simulation/event_queue.h"
#include "tests/simulation/figures.h"
#include "tests/simulation/scenario.h"

namespace tidegate::simulation {

/// Counts what reaches the proxy and makes the figures of it.
class Recorder {
 public:
  explicit Recorder(const Scenario& scenario);

  /// A call of `gateway` reached the proxy, which answered `status`.
  void call(Time now, std::uint32_t gateway, int status);
  /// A good answer reached its gateway.
  void good_answer(Time now);
  /// So many gateways are present from now on.
  void present(Time now, std::uint32_t gateways);

  [[nodiscard]] Figures figures(Time end, std::uint64_t lost);

 private:
  [[nodiscard]] bool measured(Time now) const;
  [[nodiscard]] Figures::Outage outage() const;

  const Scenario* scenario_;
  std::vector<std::uint32_t> good_;       // by gateway, in the measured time
  std::vector<std::uint32_t> good_late_;  // by gateway, after those who left have settled again
  std::uint64_t calls_ = 0;
  std::uint64_t measured_calls_ = 0;
  std::uint64_t measured_good_ = 0;
  std::uint64_t measured_refused_ = 0;
  std::uint64_t calls_before_ = 0;
  std::uint64_t calls_during_ = 0;
  std::vector<std::uint32_t> minute_after_;  // calls by tenth of a second
  double first_good_s_ = -1;
  double allowed_ = 0;  // calls that the limit and the demand allowed in the measured time
  std::uint32_t present_;
  Time since_{};
};

}  // namespace tidegate::simulation
