#include "daemon/upstream/curl_options.h"

#include <stdexcept>

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/version.h"
#include "daemon/upstream/tls_context.h"

namespace tidegate::upstream {
namespace {

// Seconds an idle pooled connection may live. libcurl's 118 s would throw away what keepWarm keeps.
constexpr long kMaxIdleConnection = 3600;
constexpr long kKeepAliveSeconds = 30;
constexpr std::chrono::milliseconds kConnectTimeoutMargin{2000};

/// What RFC 9112 §3.2.2 wants before the path of a request to an HTTP proxy; "" where it is tunnelled or not proxied.
std::string origin_for_proxy(const Options& options) {
  const bool http_proxy = !options.proxy.empty() && !istarts_with(options.proxy, "socks");
  if (!http_proxy || !istarts_with(options.base_url, "http://")) return {};
  return options.base_url.substr(0, options.base_url.find_first_of("/?#", std::string_view("http://").size()));
}

}  // namespace

PreparedOptions::PreparedOptions(Options options) : options_(std::move(options)), url_(curl_url()) {
  if (curl_url_set(url_.get(), CURLUPART_URL, options_.base_url.c_str(), 0) != CURLUE_OK)
    throw std::invalid_argument("libcurl cannot parse the URL " + options_.base_url);
  char* path = nullptr;
  if (curl_url_get(url_.get(), CURLUPART_PATH, &path, 0) == CURLUE_OK) {
    base_path_ = path;
    curl_free(path);
  }
  while (!base_path_.empty() && base_path_.back() == '/') base_path_.pop_back();
  target_prefix_ = origin_for_proxy(options_);
  own_headers_ = fmt::format("Authorization: Bearer {}\r\nUser-Agent: tidegate/{} ({})\r\nX-Tidegate-Gateway: {}",
                             options_.api_key.reveal(), kVersion, options_.gateway_name, options_.gateway_name);
}

void PreparedOptions::apply(CURL* easy) const {
  curl_easy_setopt(easy, CURLOPT_CURLU, url_.get());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  // Even an empty string: it spares the look-ups of proxy variables in the environment, and a daemon that obeys them
  // surprises its owner.
  curl_easy_setopt(easy, CURLOPT_PROXY, options_.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // the proxy's own head is not the answer's
  // CurlTransfer's own comes first, as libcurl's would block the loop while a name is being resolved. But libcurl
  // divides this one among a name's addresses.
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>((options_.connect_timeout + kConnectTimeoutMargin).count()));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kMaxIdleConnection);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                   static_cast<long>(options_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // With HTTP/2, wait for the connection that is being opened instead of opening one for each of a burst.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, options_.http2 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.client_cert.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, options_.client_cert.c_str());
  if (!options_.client_key.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, options_.client_key.c_str());
  set_tls_context(easy);
}

}  // namespace tidegate::upstream
