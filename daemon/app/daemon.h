#pragma once

#include <memory>
#include <optional>
#include <random>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include "daemon/app/api_listeners.h"
#include "daemon/app/daemon_options.h"
#include "daemon/app/subscribers.h"
#include "daemon/config/reload.h"
#include "daemon/control/control_api.h"
#include "daemon/platform/file_watcher.h"
#include "daemon/platform/network_watcher.h"
#include "daemon/platform/service_manager.h"

namespace tidegate::app {

/// Owns every part and connects them; the daemon's life from start to drain. One loop thread runs everything.
class Daemon {
 public:
  /// `first` was read from options.config.
  Daemon(DaemonOptions options, config::Snapshot first);
  ~Daemon();

  /// Opens the sockets; throws std::runtime_error with a line for the user.
  void start();

  /// Serves until a drain has ended. Returns the process's exit code.
  int run();

  /// After a stop request running exchanges may go on for so long; service managers wait longer (TimeoutStopSec).
  static constexpr std::chrono::seconds kDrainTime{60};

 private:
  config::ReloadOutcome reload(const char* asked_by);
  void begin_drain(const char* asked_by);
  Task<> drain();
  Task<> housekeeping();
  void wait_for_signal();
  void tell_service_manager();
  control::Sources control_sources();

  DaemonOptions options_;
  asio::io_context loop_{1};
  platform::ServiceManager service_manager_;
  std::mt19937_64 random_{std::random_device{}()};
  TimePoint started_ = Clock::now();

  config::Store store_;
  config::Reloader reloader_;
  observe::Counters counters_;
  observe::ExchangeLog exchanges_;
  observe::HealthTracker health_;
  upstream::Upstream upstream_;
  dispatch::UpstreamGate gate_{random_};
  dispatch::WaitQueue queue_;
  policy::RetryBudget budget_;
  dispatch::Dispatcher dispatcher_{upstream_, queue_, gate_, budget_, counters_, random_};
  gateway::Gateway gateway_{loop_.get_executor(), dispatcher_, exchanges_};
  http::Server api_server_;
  ApiListeners api_listeners_;
  control::ControlApi control_;
  http::Server control_server_;
  std::optional<platform::UnixListener> control_socket_;
  std::unique_ptr<http::Listener> control_listener_;
  LoggingSubscriber logging_;
  UpstreamSubscriber upstream_subscriber_{upstream_};
  LimitsSubscriber limits_{dispatcher_, api_server_, gateway_};
  platform::FileWatcher watcher_;
  platform::NetworkWatcher network_;
  asio::basic_signal_set<Executor> signals_;
  TaskScope tasks_;
  Wakeup housekeeping_wakeup_;
  Wakeup drained_;
  bool draining_ = false;
  bool hurry_ = false;
  bool stopped_ = false;
};

}  // namespace tidegate::app
