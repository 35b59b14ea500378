#include <nlohmann/json.hpp>

#include "common/duration.h"
#include "daemon/config/listen_address.h"
#include "daemon/config/loader.h"
#include "daemon/config/url.h"

namespace tidegate::config {
namespace {

using Json = nlohmann::ordered_json;

Json llm_json(const Llm& llm) {
  return {{"provider", llm.provider},
          {"openapi",
           {{"baseUrl", llm.base_url},
            {"apiKey", kRedacted},
            {"model", llm.model},
            {"timeout", format_duration(llm.timeout)}}}};
}

Json gateway_json(const Gateway& gateway) {
  auto listen = Json::array();
  for (const auto& address : gateway.listen) listen.push_back(format_listen_address(address));
  auto clients = Json::array();
  for (const auto& client : gateway.clients)
    clients.push_back({{"name", client.name},
                       {"key", kRedacted},
                       {"priority", policy::priority_name(client.priority)},
                       {"weight", client.weight}});
  return {{"name", gateway.name},
          {"listen", listen},
          {"hosts", gateway.hosts},
          {"clients", clients},
          {"maxConnections", gateway.max_connections},
          {"maxBody", gateway.max_body},
          {"headTimeout", format_duration(gateway.head_timeout)},
          {"bodyTimeout", format_duration(gateway.body_timeout)},
          {"idleTimeout", format_duration(gateway.idle_timeout)},
          {"writeTimeout", format_duration(gateway.write_timeout)},
          {"idempotencyGrace", format_duration(gateway.idempotency_grace)}};
}

const char* spell(HttpVersion version) {
  switch (version) {
    case HttpVersion::automatic: return "auto";
    case HttpVersion::http1_1: return "1.1";
    case HttpVersion::http2: return "2";
  }
  return "";
}

const char* spell(LogFormat format) {
  switch (format) {
    case LogFormat::automatic: return "auto";
    case LogFormat::text: return "text";
    case LogFormat::json: return "json";
  }
  return "";
}

Json upstream_json(const Upstream& upstream) {
  return {{"maxInFlight", upstream.max_in_flight},
          {"connectTimeout", format_duration(upstream.connect_timeout)},
          {"firstByteTimeout", format_duration(upstream.first_byte_timeout)},
          {"caFile", upstream.ca_file.string()},
          {"clientCert", upstream.client_cert.string()},
          {"clientKey", upstream.client_key.string()},
          {"httpVersion", spell(upstream.http_version)},
          {"proxy", without_user_info(upstream.proxy)},
          {"keepWarm", format_duration(upstream.keep_warm)}};
}

Json queue_json(const Queue& queue) {
  return {{"maxDepth", queue.max_depth},
          {"maxPerClient", queue.max_per_client},
          {"maxBytes", queue.max_bytes},
          {"maxWait", format_duration(queue.max_wait)},
          {"heartbeat", format_duration(queue.heartbeat)}};
}

Json retry_json(const Retry& retry) {
  return {
      {"maxAttempts", retry.max_attempts},
      {"backoff", {{"initial", format_duration(retry.backoff_initial)}, {"max", format_duration(retry.backoff_max)}}},
      {"budget", retry.budget}};
}

Json log_json(const Log& log) {
  return {{"level", log.level}, {"format", spell(log.format)}, {"file", log.file.string()}};
}

}  // namespace

std::string to_redacted_json(const Snapshot& snapshot) {
  const auto& settings = snapshot.settings;
  const Json json{{"llm", llm_json(settings.llm)},
                  {"gateway", gateway_json(settings.gateway)},
                  {"upstream", upstream_json(settings.upstream)},
                  {"queue", queue_json(settings.queue)},
                  {"retry", retry_json(settings.retry)},
                  {"log", log_json(settings.log)}};
  // Paths are the only texts that may be no UTF-8, and only on the command line.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tidegate::config
