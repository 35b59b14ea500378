#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "daemon/config/reload.h"
#include "daemon/dispatch/upstream_gate.h"
#include "daemon/dispatch/wait_queue.h"
#include "daemon/observe/counters.h"
#include "daemon/observe/exchange_log.h"
#include "daemon/observe/health_tracker.h"
#include "daemon/upstream/upstream.h"

namespace tidegate::control {

/// What the control socket reads and whom it calls; nothing here is owned. Loop thread only.
struct Sources {
  const config::Store& store;
  upstream::Upstream& upstream;
  const dispatch::WaitQueue& queue;
  dispatch::UpstreamGate& gate;
  const observe::Counters& counters;
  const observe::ExchangeLog& exchanges;
  observe::HealthTracker& health;
  TimePoint started;
  std::function<std::vector<std::string>()> listening;  ///< the API's addresses
  std::function<bool()> draining;
  std::function<config::ReloadOutcome()> reload;
  std::function<void()> drain;
};

}  // namespace tidegate::control
