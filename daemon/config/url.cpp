#include "daemon/config/url.h"

#include <algorithm>
#include <array>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "common/ascii.h"
#include "common/secret.h"
#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

constexpr std::string_view kBaseExpected = "expected an http:// or https:// URL such as https://proxy.example.com/v1";
constexpr std::string_view kProxyExpected = "expected a proxy's URL such as http://proxy.example.com:3128";

/// libcurl's own parser: what it accepts here is what it will connect to.
class Url {
 public:
  Url(const std::string& text, unsigned flags, std::string_view expected) : handle_(curl_url(), &curl_url_cleanup) {
    if (!handle_) throw std::bad_alloc();
    if (const auto code = curl_url_set(handle_.get(), CURLUPART_URL, text.c_str(), flags); code != CURLUE_OK)
      throw ValueError(fmt::format("the URL is not valid ({}); {}", curl_url_strerror(code), expected));
  }

  /// Empty where the URL has no such part.
  [[nodiscard]] std::string get(CURLUPart part, unsigned flags = 0) const {
    char* raw = nullptr;
    if (curl_url_get(handle_.get(), part, &raw, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, decltype(&curl_free)> text(raw, &curl_free);
    return text.get();
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle_;
};

void check_bytes(std::string_view text, std::string_view expected) {
  if (text.empty()) throw ValueError(fmt::format("the URL is empty; {}", expected));
  if (text.size() > kMaxUrlBytes)
    throw ValueError(fmt::format("the URL is too long; expected at most {} bytes", kMaxUrlBytes));
  if (!is_visible_ascii(text) || text.find_first_of("\\\"<>^`{|}") != std::string_view::npos)
    throw ValueError(fmt::format("the URL has a blank or a character that must be percent-encoded; {}", expected));
}

void check_scheme(std::string_view text, const auto& schemes, std::string_view expected) {
  const bool known =
      std::any_of(schemes.begin(), schemes.end(), [&](std::string_view s) { return istarts_with(text, s); });
  if (!known) throw ValueError(fmt::format("the URL's scheme is missing or unknown; {}", expected));
}

/// curl takes `http:///x` for the host x and 0 for a port.
void check_authority(std::string_view text, const Url& url, std::string_view expected) {
  const auto begin = text.find("://") + 3;
  const auto authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
  if (authority.empty() || url.get(CURLUPART_HOST).empty())
    throw ValueError(fmt::format("the URL has no host; {}", expected));
  if (authority.ends_with(':') || url.get(CURLUPART_PORT) == "0")
    throw ValueError("the URL's port is not valid; expected a port from 1 to 65535");
}

}  // namespace

std::string canonical_base_url(std::string_view text) {
  constexpr std::array<std::string_view, 2> kSchemes{"http://", "https://"};
  check_bytes(text, kBaseExpected);
  check_scheme(text, kSchemes, kBaseExpected);
  if (text.find_first_of("?#") != std::string_view::npos)
    throw ValueError(fmt::format("the URL has a query or fragment; {}", kBaseExpected));
  if (text.find('@') != std::string_view::npos)
    throw ValueError(fmt::format("the URL has a user name or an @; {}, and the key in apiKey", kBaseExpected));
  const Url url(std::string(text), CURLU_DISALLOW_USER, kBaseExpected);
  check_authority(text, url, kBaseExpected);
  auto path = url.get(CURLUPART_PATH);
  while (path.ends_with('/')) path.pop_back();
  auto host = to_lower(url.get(CURLUPART_HOST));
  if (const auto zone = url.get(CURLUPART_ZONEID); !zone.empty() && host.ends_with(']')) {
    host.pop_back();
    host += "%25" + zone + "]";
  }
  const auto port = url.get(CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  return fmt::format("{}://{}{}{}{}", to_lower(url.get(CURLUPART_SCHEME)), host, port.empty() ? "" : ":", port, path);
}

std::string checked_proxy_url(std::string_view text) {
  constexpr std::array<std::string_view, 6> kSchemes{"http://",    "https://",  "socks4://",
                                                     "socks4a://", "socks5://", "socks5h://"};
  check_bytes(text, kProxyExpected);
  check_scheme(text, kSchemes, kProxyExpected);
  const Url url(std::string(text), CURLU_NON_SUPPORT_SCHEME, kProxyExpected);
  check_authority(text, url, kProxyExpected);
  const auto path = url.get(CURLUPART_PATH);
  if (text.find_first_of("?#") != std::string_view::npos || (!path.empty() && path != "/"))
    throw ValueError(fmt::format("the proxy's URL has a path, query or fragment; {}", kProxyExpected));
  return std::string(text);
}

std::string without_user_info(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto authority_end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto at = url.substr(0, authority_end).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(url);
  return fmt::format("{}{}{}", url.substr(0, begin), kRedacted, url.substr(at));
}

}  // namespace tidegate::config
