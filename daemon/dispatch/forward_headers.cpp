#include "daemon/dispatch/forward_headers.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/ascii.h"

namespace tidegate::dispatch {
namespace {

// RFC 9110 §7.6.1, and Cookie and Proxy-*, which belong to a connection with somebody else.
constexpr std::array<std::string_view, 9> kHopByHop{
    "connection", "keep-alive",     "te",     "trailer",   "transfer-encoding",
    "upgrade",    "http2-settings", "cookie", "set-cookie"};
// The client's own key never leaves the machine; the rest is set anew for the upstream.
constexpr std::array<std::string_view, 7> kNotToUpstream{"authorization",  "x-api-key", "api-key",   "host",
                                                         "content-length", "expect",    "user-agent"};
// Framing is ours.
constexpr std::array<std::string_view, 1> kNotToClient{"content-length"};
// Proxy-* belongs to the next hop; X-Tidegate-* is between a gateway and its neighbours, and ours are set anew.
constexpr std::array<std::string_view, 2> kDroppedPrefixes{"proxy-", "x-tidegate-"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) noexcept {
  return std::any_of(names.begin(), names.end(), [&](auto known) { return iequals(name, known); });
}

std::vector<Header> keep(const std::vector<Header>& headers, std::span<const std::string_view> dropped) {
  const auto is_connection = [](const Header& header) { return iequals(header.name, "connection"); };
  const bool names_some = std::any_of(headers.begin(), headers.end(), is_connection);
  const auto named_in_connection = [&](std::string_view name) {
    return names_some && std::any_of(headers.begin(), headers.end(), [&](const Header& header) {
             return is_connection(header) && list_contains(header.value, name);
           });
  };
  const auto has_dropped_prefix = [](std::string_view name) {
    return std::any_of(kDroppedPrefixes.begin(), kDroppedPrefixes.end(),
                       [&](auto prefix) { return istarts_with(name, prefix); });
  };

  std::vector<Header> kept;
  kept.reserve(headers.size() + 4);
  for (const auto& header : headers) {
    if (is_one_of(header.name, kHopByHop) || is_one_of(header.name, dropped) || has_dropped_prefix(header.name) ||
        named_in_connection(header.name))
      continue;
    kept.push_back(header);
  }
  return kept;
}

}  // namespace

std::vector<Header> headers_for_upstream(const std::vector<Header>& headers) { return keep(headers, kNotToUpstream); }

std::vector<Header> headers_for_client(const std::vector<Header>& headers) {
  auto kept = keep(headers, kNotToClient);
  // A page in a browser must not be let in by the upstream.
  std::erase_if(kept, [](const Header& header) { return istarts_with(header.name, "access-control-"); });
  return kept;
}

}  // namespace tidegate::dispatch
