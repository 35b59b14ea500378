// `upstream:`, `queue:`, `retry:` and `log:`.
#include <fmt/format.h>

#include "common/ascii.h"
#include "daemon/config/file_text.h"
#include "daemon/config/section.h"
#include "daemon/config/url.h"

namespace tidegate::config {
namespace {

/// A file that curl will read at each connection: better refused now than with the first request. Returns whether
/// others can read it.
bool read_file_name(const Section& section, std::string_view key, std::filesystem::path& value) {
  section.file(key, value);
  const auto* node = section.find(key);
  return node != nullptr && !value.empty() && section.read(key, *node, [&](const std::string&) {
    try {
      return check_readable(value);
    } catch (const ValueError& error) {
      throw ValueError(fmt::format("the file {}: {}", printable(value.string()), error.what()));
    }
  });
}

}  // namespace

void read_upstream(const Section& top, Upstream& upstream) {
  const auto section = top.section("upstream");
  section.count("maxInFlight", upstream.max_in_flight, kMaxInFlight);
  section.duration("connectTimeout", upstream.connect_timeout, kConnectTimeout);
  section.duration("firstByteTimeout", upstream.first_byte_timeout, kFirstByteTimeout);
  read_file_name(section, "caFile", upstream.ca_file);
  read_file_name(section, "clientCert", upstream.client_cert);
  if (read_file_name(section, "clientKey", upstream.client_key))
    section.context().warnings.push_back(
        {"client_key_readable_by_others", fmt::format("others can read upstream.clientKey: chmod 600 '{}'",
                                                      printable(upstream.client_key.string(), kMaxPathBytes))});
  if (!upstream.client_key.empty() && upstream.client_cert.empty())
    section.refuse("clientKey", *section.find("clientKey"),
                   "a key without a certificate; expected upstream.clientCert as well");
  section.choice<HttpVersion>(
      "httpVersion", upstream.http_version,
      {{"auto", HttpVersion::automatic}, {"1.1", HttpVersion::http1_1}, {"2", HttpVersion::http2}});
  if (section.find("proxy") != nullptr) {
    const auto& proxy = section.require("proxy", "a proxy's URL such as http://proxy.example.com:3128");
    upstream.proxy = section.read(
        "proxy", proxy, [](const std::string& text) { return text.empty() ? std::string() : checked_proxy_url(text); });
  }
  section.duration("keepWarm", upstream.keep_warm, kKeepWarm);
}

void read_queue(const Section& top, Queue& queue) {
  const auto section = top.section("queue");
  section.count("maxDepth", queue.max_depth, kMaxDepth);
  section.count("maxPerClient", queue.max_per_client, kMaxPerClient);
  section.bytes("maxBytes", queue.max_bytes, kMaxQueueBytes);
  section.duration("maxWait", queue.max_wait, kMaxWait);
  section.duration("heartbeat", queue.heartbeat, kHeartbeat);
}

void read_retry(const Section& top, Retry& retry) {
  const auto section = top.section("retry");
  section.count("maxAttempts", retry.max_attempts, kMaxAttempts);
  const auto backoff = section.section("backoff");
  backoff.duration("initial", retry.backoff_initial, kBackoff);
  backoff.duration("max", retry.backoff_max, kBackoff);
  if (retry.backoff_max < retry.backoff_initial) {
    const auto* key = backoff.find("max") != nullptr ? "max" : "initial";
    backoff.refuse(key, *backoff.find(key), "initial is above max; expected initial to be at most max");
  }
  section.fraction("budget", retry.budget);
}

void read_log(const Section& top, Log& log) {
  const auto section = top.section("log");
  section.choice<std::string>(
      "level", log.level,
      {{"trace", "trace"}, {"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}});
  section.choice<LogFormat>("format", log.format,
                            {{"auto", LogFormat::automatic}, {"text", LogFormat::text}, {"json", LogFormat::json}});
  section.file("file", log.file);
}

}  // namespace tidegate::config
