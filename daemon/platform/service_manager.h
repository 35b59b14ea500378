#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace tidegate::platform {

/// What the daemon tells the service manager that started it: systemd's notification protocol (sd_notify(3)) on Linux;
/// nothing elsewhere, and nothing where no service manager listens. Loop thread only. Failures are silent: a deaf
/// service manager must not stop the daemon.
class ServiceManager {
 public:
  /// Takes over `NOTIFY_SOCKET` and the watchdog's variables and removes them from the environment, so that no child
  /// can speak for the daemon. To be made before the first thread starts; a second one finds nothing.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// Whether somebody listens.
  [[nodiscard]] bool present() const noexcept;

  /// The daemon is up, or a reload has ended (well or not). `status` is one line for people.
  void ready(std::string_view status);
  /// A reload begins; ready() must follow.
  void reloading();
  /// Shutdown begins.
  void stopping(std::string_view status);
  /// One line for people, shown by `systemctl status`.
  void status(std::string_view text);
  /// "I am alive"; to be sent at least every watchdog_interval().
  void watchdog();
  /// Asks for so much more time, from now, for the start, reload or stop that is under way.
  void extend_timeout(std::chrono::microseconds more);

  /// How often to call watchdog(): half of what the service manager allows. Nothing: it does not watch.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::platform
