// systemd's notification protocol, sd_notify(3): datagrams of VARIABLE=VALUE lines. They are sent here and not by
// libsystemd, because sd_notify() reads NOTIFY_SOCKET at each call: it would have to stay in the environment, for
// every child to inherit.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "common/ascii.h"
#include "daemon/platform/service_manager.h"

namespace tidegate::platform {
namespace {

// A message that must arrive waits so long for room in the service manager's queue.
constexpr timeval kPatience{1, 0};

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line;
}

// steady_clock is CLOCK_MONOTONIC here. Not Clock: systemd compares this with its own.
std::int64_t monotonic_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

// What sd_watchdog_enabled(3) does: the time counts if it is meant for this process. libsystemd alone, with what it
// brings along, would be a megabyte of an idle daemon's memory.
std::uint64_t take_watchdog_time() {
  const char* time = std::getenv("WATCHDOG_USEC");
  const char* pid = std::getenv("WATCHDOG_PID");
  const auto wanted = time != nullptr ? parse_u64(time) : std::nullopt;
  const bool ours = pid == nullptr || parse_u64(pid) == static_cast<std::uint64_t>(::getpid());
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
  return ours ? wanted.value_or(0) : 0;
}

}  // namespace

struct ServiceManager::Impl {
  int fd = -1;
  sockaddr_un address{};
  socklen_t address_length = 0;
  std::uint64_t watchdog_us = 0;

  void open(const std::string& path) {
    // Longer paths and other kinds of address ("vsock:") are nothing for us.
    if (path.size() < 2 || path.size() > sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
    address_length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  }

  void send(const std::string& message, int flags) const {
    if (fd < 0) return;
    ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL | flags, reinterpret_cast<const sockaddr*>(&address),
             address_length);
  }
  void must_arrive(const std::string& message) const { send(message, 0); }
  void may_be_lost(const std::string& message) const { send(message, MSG_DONTWAIT); }
};

ServiceManager::ServiceManager() : impl_(std::make_unique<Impl>()) {
  impl_->watchdog_us = take_watchdog_time();
  if (const char* path = std::getenv("NOTIFY_SOCKET")) impl_->open(path);
  ::unsetenv("NOTIFY_SOCKET");
}

ServiceManager::~ServiceManager() {
  if (impl_->fd >= 0) ::close(impl_->fd);
}

bool ServiceManager::present() const noexcept { return impl_->fd >= 0; }

void ServiceManager::ready(std::string_view text) { impl_->must_arrive("READY=1\nSTATUS=" + one_line(text)); }

// The time lets systemd (Type=notify-reload) tell this message from one that answers an earlier request.
void ServiceManager::reloading() { impl_->must_arrive(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us())); }

void ServiceManager::stopping(std::string_view text) { impl_->must_arrive("STOPPING=1\nSTATUS=" + one_line(text)); }

void ServiceManager::status(std::string_view text) { impl_->may_be_lost("STATUS=" + one_line(text)); }

void ServiceManager::watchdog() { impl_->may_be_lost("WATCHDOG=1"); }

void ServiceManager::extend_timeout(std::chrono::microseconds more) {
  impl_->must_arrive(fmt::format("EXTEND_TIMEOUT_USEC={}", more.count()));
}

std::optional<std::chrono::microseconds> ServiceManager::watchdog_interval() const noexcept {
  if (impl_->watchdog_us == 0) return std::nullopt;
  return std::chrono::microseconds(impl_->watchdog_us / 2);
}

}  // namespace tidegate::platform
