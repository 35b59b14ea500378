// What the daemon does while it lives: reload, keep the service manager informed, drain.
#include <csignal>

#include <fmt/format.h>
#include <asio/co_spawn.hpp>

#include "common/version.h"
#include "daemon/app/daemon.h"
#include "daemon/control/views.h"
#include "daemon/platform/memory_tuning.h"

namespace tidegate::app {

int Daemon::run() {
  const auto& settings = store_.current()->settings;
  observe::log_info("tidegated started", {{"version", kVersion},
                                          {"gateway", settings.gateway.name},
                                          {"config", options_.config.string()},
                                          {"digest", store_.current()->digest.substr(0, 12)},
                                          {"upstream", settings.llm.base_url}});
  for (const auto& warning : store_.current()->warnings)
    observe::log_warn("configuration", {{"warning", warning.message}});
  service_manager_.ready("ready, the proxy has not been called yet");
  upstream_.start_keeping_warm();
  tasks_.spawn(housekeeping());
  loop_.run();
  observe::log_info("tidegated ended", {{"requests", counters_.requests.total}});
  return 0;
}

config::ReloadOutcome Daemon::reload(const char* asked_by) {
  service_manager_.reloading();
  const auto outcome = reloader_.reload(std::chrono::system_clock::now());
  switch (outcome.result) {
    case config::ReloadResult::applied:
      observe::log_info("configuration reloaded", {{"because", asked_by},
                                                   {"generation", outcome.current->generation},
                                                   {"digest", outcome.current->digest.substr(0, 12)}});
      for (const auto& warning : outcome.current->warnings)
        observe::log_warn("configuration", {{"warning", warning.message}});
      break;
    case config::ReloadResult::unchanged:
      observe::log_debug("configuration read again, nothing new", {{"because", asked_by}});
      break;
    case config::ReloadResult::failed:
      observe::log_error("configuration refused, the last good one stays",
                         {{"because", asked_by}, {"error", outcome.error}});
      break;
  }
  tell_service_manager();
  return outcome;
}

void Daemon::tell_service_manager() {
  control::update_health(control_.sources());
  const auto state = upstream::to_string(upstream_.state());
  service_manager_.ready(fmt::format("{}, proxy {}, {} running, {} waiting", control::state_name(control_.sources()),
                                     state, queue_.in_flight(), queue_.depth()));
}

// A loop that hangs feeds no watchdog: this runs on it like everything else.
Task<> Daemon::housekeeping() {
  constexpr std::chrono::seconds kPause{10};
  const auto watchdog = service_manager_.watchdog_interval();
  const Clock::duration pause = watchdog ? std::min<Clock::duration>(kPause, *watchdog) : Clock::duration(kPause);
  std::uint64_t requests_seen = 0;
  bool busy = false;
  while (!stopped_) {
    if (watchdog) service_manager_.watchdog();
    const bool was_busy = std::exchange(busy, requests_seen != counters_.requests.total);
    requests_seen = counters_.requests.total;
    if (was_busy && !busy && queue_.in_flight() == 0) platform::give_back_memory();
    upstream_.notice_sleep();
    control::update_health(control_.sources());
    if (service_manager_.present() && !draining_)
      service_manager_.status(fmt::format("{}, proxy {}, {} running, {} waiting",
                                          control::state_name(control_.sources()),
                                          upstream::to_string(upstream_.state()), queue_.in_flight(), queue_.depth()));
    co_await housekeeping_wakeup_.wait(Clock::now() + pause);
  }
}

void Daemon::wait_for_signal() {
  if (stopped_) return;
  asio::error_code ignored;
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) signals_.add(number, ignored);
  signals_.async_wait([this](const asio::error_code& error, int number) {
    if (error) return;
    if (number == SIGHUP)
      reload("SIGHUP");
    else
      begin_drain(number == SIGTERM ? "SIGTERM" : "SIGINT");
    wait_for_signal();
  });
}

void Daemon::begin_drain(const char* asked_by) {
  if (draining_) {
    // Asked twice: somebody does not want to wait.
    hurry_ = true;
    drained_.notify();
    return;
  }
  draining_ = true;
  observe::log_info("draining", {{"because", asked_by},
                                 {"running", queue_.in_flight()},
                                 {"waiting", queue_.depth()},
                                 {"at_most_s", kDrainTime.count()}});
  service_manager_.stopping("draining");
  service_manager_.extend_timeout(kDrainTime + std::chrono::seconds(10));
  watcher_.stop();
  gateway_.set_draining();
  api_listeners_.close();
  tasks_.spawn(drain());
}

Task<> Daemon::drain() {
  api_server_.drain();
  const auto until = Clock::now() + kDrainTime;
  while (api_server_.connections() > 0 && !hurry_ && Clock::now() < until)
    co_await drained_.wait(std::min(until, Clock::now() + std::chrono::milliseconds(50)));
  if (api_server_.connections() > 0) {
    observe::log_warn("connections cut off at the end of the drain", {{"connections", api_server_.connections()}});
    api_server_.close_all();
  }
  co_await api_server_.join();
  co_await gateway_.join();
  network_.stop();
  upstream_.stop();
  co_await upstream_.join();
  control_listener_.reset();
  control_socket_.reset();
  control_server_.close_all();
  co_await control_server_.join();
  stopped_ = true;
  housekeeping_wakeup_.notify();
  asio::error_code ignored;
  signals_.cancel(ignored);
  loop_.stop();  // what is left are timers that nobody waits for
}

}  // namespace tidegate::app
