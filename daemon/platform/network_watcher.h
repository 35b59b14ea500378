#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "daemon/platform/loop.h"

namespace tidegate::platform {

/// A descriptor that becomes readable when an address, a link or a route has changed; -1 where the system gives none.
/// What is read from it is of no matter. One implementation per platform.
int open_network_news() noexcept;

/// The addresses by which this machine can be reached over links that run, and those that its default routes send from.
/// Two equal texts: nothing has changed that a connection would feel.
std::string network_state();

/// Tells when the network is another one: an address came or went, a link stopped or runs again, the default route goes
/// elsewhere. The system's news are only the occasion to look: renewed leases and router advertisements come every few
/// minutes and change nothing. The first news are looked at immediately, later ones once a kPause, so that a storm of
/// them costs little.
///
/// Loop thread only. `changed` runs on the loop thread and may stop or destroy the watcher.
class NetworkWatcher {
 public:
  struct Source {
    std::function<int()> open = open_network_news;
    std::function<std::string()> state = network_state;
  };

  NetworkWatcher(const Executor& executor, std::function<void()> changed);
  NetworkWatcher(const Executor& executor, std::function<void()> changed, Source source);
  ~NetworkWatcher();
  NetworkWatcher(const NetworkWatcher&) = delete;
  NetworkWatcher& operator=(const NetworkWatcher&) = delete;

  /// Remembers how the network is now.
  void start();
  void stop() noexcept;

  /// Whether the system tells of changes. Where it does not, nothing is noticed.
  [[nodiscard]] bool watching() const noexcept;

  static constexpr std::chrono::seconds kPause{1};

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with handlers on the loop that may outlive this
};

}  // namespace tidegate::platform
