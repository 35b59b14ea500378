#pragma once

#include <string>
#include <string_view>

namespace tidegate::config {

/// The one spelling of an http(s) URL with host and without query, fragment, user info, default port and trailing
/// slash; scheme and host in lower case. Throws ValueError, which never quotes the URL.
std::string canonical_base_url(std::string_view text);

/// Checks the URL of an HTTP or SOCKS proxy (http, https, socks4, socks4a, socks5, socks5h; user info allowed) and
/// returns it as it is. Throws ValueError.
std::string checked_proxy_url(std::string_view text);

/// The URL with its user info replaced by "[redacted]".
std::string without_user_info(std::string_view url);

}  // namespace tidegate::config
