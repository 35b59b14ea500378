#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>

#include "daemon/platform/network_watcher.h"

namespace tidegate::platform {
namespace {

/// The address as text; "" for what no connection to another machine comes from.
std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address != nullptr && address->sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (!IN6_IS_ADDR_LINKLOCAL(&v6)) bytes = &v6;  // each link has one, also those that lead nowhere
  }
  if (bytes == nullptr || ::inet_ntop(address->sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

/// The address that a connection to `to` would come from. Nothing is sent: connect() of UDP only chooses the route.
template <class Address>
std::string source_towards(Address to) {
  const auto* generic = reinterpret_cast<const sockaddr*>(&to);
  const int fd = ::socket(generic->sa_family, SOCK_DGRAM, 0);
  if (fd < 0) return {};
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  const bool known =
      ::connect(fd, generic, sizeof to) == 0 && ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0;
  ::close(fd);
  return known ? text_of(reinterpret_cast<const sockaddr*>(&own)) : std::string();
}

// Addresses of documentation (RFC 5737, RFC 3849), which only default routes lead to.
std::string default_sources() {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(9);
  ::inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(9);
  ::inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
  return source_towards(v4) + " " + source_towards(v6);
}

}  // namespace

std::string network_state() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(first, ::freeifaddrs);
  std::set<std::string> lines;  // the system's order may change
  constexpr unsigned kWorks = IFF_UP | IFF_RUNNING;
  for (const auto* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & kWorks) != kWorks || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    if (const auto address = text_of(entry->ifa_addr); !address.empty())
      lines.insert(std::string(entry->ifa_name) + " " + address + "\n");
  }
  std::string state = default_sources() + "\n";
  for (const auto& line : lines) state += line;
  return state;
}

}  // namespace tidegate::platform
