#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/policy/pacer.h"
#include "daemon/policy/retry_budget.h"
#include "tests/simulation/event_queue.h"
#include "tests/simulation/proxy_model.h"
#include "tests/simulation/random.h"
#include "tests/simulation/scenario.h"

namespace tidegate::simulation {

/// One request on its way: how old it is and how often it was tried.
struct Request {
  Time arrival{};
  Time not_before{};  ///< of its next try
  std::uint32_t tries = 0;
};

/// One gateway: its clients' requests arrive at random, wait in order of arrival, and go out when the real policies say
/// so. A request that is refused or fails comes back into the queue for as long as decide() and its deadline let it.
class GatewayModel {
 public:
  GatewayModel(const Scenario& scenario, Time now, Random& random);

  /// The next request to send at `now`, if the policies let one go; it counts as started.
  std::optional<Request> next(Time now, Random& random);

  /// When next() may have something; nothing: only after an answer.
  std::optional<Time> wake(Time now);

  /// `started` is when the call left.
  void answered(Time now, Time started, const Request& request, const ProxyAnswer& answer, Random& random);

  /// Requests given up before their deadline, all tries spent.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void take_arrival(Random& random);
  void drop_expired(Time now, Random& random);
  void retry_later(Time now, Request request, const ProxyAnswer& answer, bool probe, Random& random);

  const Scenario* scenario_;
  double gap_s_;  // mean time between arrivals
  bool paced_;
  policy::Pacer pacer_;
  policy::RetryBudget budget_;
  std::vector<Request> again_;  // refused ones, by arrival
  Time arrival_;                // of the oldest request that was not yet tried
  std::uint64_t lost_ = 0;
};

}  // namespace tidegate::simulation
