#include "daemon/http/browser_guard.h"

#include <algorithm>

#include "common/ascii.h"

namespace tidegate::http {
namespace {

std::string_view without_port(std::string_view host) noexcept {
  if (!host.empty() && host.front() == '[') {
    const auto close = host.find(']');
    return close == std::string_view::npos ? host : host.substr(0, close + 1);
  }
  return host.substr(0, host.find(':'));
}

// An Origin is ours when a page could only have come from one of our own names.
bool own_origin(std::string_view origin, const std::vector<std::string>& own_hosts) noexcept {
  for (const std::string_view scheme : {"http://", "https://"})
    if (istarts_with(origin, scheme)) return is_own_host(origin.substr(scheme.size()), own_hosts);
  return false;
}

}  // namespace

bool is_own_host(std::string_view host, const std::vector<std::string>& own_hosts) noexcept {
  const auto name = without_port(host);
  for (const std::string_view loopback : {"localhost", "127.0.0.1", "[::1]"})
    if (iequals(name, loopback)) return true;
  return std::any_of(own_hosts.begin(), own_hosts.end(), [&](const auto& own) { return iequals(own, name); });
}

Result<Ok> refuse_browsers(const RequestHead& head, const std::vector<std::string>& own_hosts) {
  // HTTP/1.0 needs no Host; no browser speaks it.
  if (head.has("host") && !is_own_host(head.host, own_hosts))
    return Error{ErrorCode::foreign_host, "Host '" + printable(head.host) + "' is not a name of this gateway"};
  if (const auto origin = head.find("origin"); origin.data() != nullptr && !own_origin(origin, own_hosts))
    return Error{ErrorCode::foreign_origin, "requests from web pages (Origin) are refused"};
  const auto site = head.find("sec-fetch-site");
  if (iequals(site, "cross-site") || iequals(site, "same-site"))
    return Error{ErrorCode::foreign_origin, "requests from other sites' pages (Sec-Fetch-Site) are refused"};
  if (head.has("upgrade") && iequals(trim(head.find("upgrade")), "websocket"))
    return Error{ErrorCode::foreign_origin, "there are no WebSockets here"};
  return Ok{};
}

}  // namespace tidegate::http
