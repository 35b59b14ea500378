#include "daemon/config/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <fmt/format.h>

#include "common/ascii.h"
#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

constexpr char kExpected[] = "expected 127.0.0.1:PORT, [::1]:PORT, localhost:PORT, unix:/PATH or unix";
constexpr std::string_view kUnix = "unix";
constexpr std::uint64_t kMaxPort = 65'535;

UnixAddress parse_unix(std::string_view path) {
  if (!path.starts_with('/')) throw ValueError(fmt::format("the socket's path is not absolute; {}", kExpected));
  if (path.size() > kMaxUnixPathBytes || path.ends_with('/'))
    throw ValueError(
        fmt::format("the socket's path is no file name or too long; expected at most {} bytes", kMaxUnixPathBytes));
  return {std::filesystem::path(path)};
}

/// The address in its canonical spelling, without brackets.
std::string parse_host(std::string_view host) {
  if (iequals(host, "localhost")) return "localhost";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string address(bracketed ? host.substr(1, host.size() - 2) : host);
  in6_addr raw{};
  char canonical[INET6_ADDRSTRLEN] = {};
  const int family = bracketed ? AF_INET6 : AF_INET;
  if (::inet_pton(family, address.c_str(), &raw) != 1)
    throw ValueError(fmt::format("the host is neither an IP address nor localhost; {}", kExpected));
  return ::inet_ntop(family, &raw, canonical, sizeof canonical);
}

}  // namespace

ListenAddress parse_listen_address(std::string_view text) {
  if (text == kUnix) return UnixAddress{};
  if (text.starts_with("unix:")) return parse_unix(text.substr(kUnix.size() + 1));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) throw ValueError(fmt::format("no port; {}", kExpected));
  const auto port = parse_count(text.substr(colon + 1));
  if (!port || *port > kMaxPort)
    throw ValueError("the port is not valid; expected a number from 0 to 65535 after the last colon");
  return TcpAddress{parse_host(text.substr(0, colon)), static_cast<std::uint16_t>(*port)};
}

std::string format_listen_address(const ListenAddress& address) {
  if (const auto* unix_socket = std::get_if<UnixAddress>(&address))
    return unix_socket->path.empty() ? std::string(kUnix) : fmt::format("{}:{}", kUnix, unix_socket->path.string());
  const auto& tcp = std::get<TcpAddress>(address);
  const bool v6 = tcp.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", tcp.host, v6 ? "]" : "", tcp.port);
}

bool is_local(const ListenAddress& address) {
  const auto* tcp = std::get_if<TcpAddress>(&address);
  if (tcp == nullptr || tcp->host == "localhost" || tcp->host == "::1") return true;
  in_addr v4{};
  constexpr std::uint32_t kLoopbackNet = 127;
  return ::inet_pton(AF_INET, tcp->host.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24U == kLoopbackNet;
}

}  // namespace tidegate::config
