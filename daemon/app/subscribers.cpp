#include "daemon/app/subscribers.h"

#include <stdexcept>

namespace tidegate::app {
namespace {

upstream::Options upstream_options(const config::Settings& settings) {
  upstream::Options options;
  options.base_url = settings.llm.base_url;
  options.api_key = settings.llm.api_key;
  options.gateway_name = settings.gateway.name;
  options.idle_timeout = settings.llm.timeout;
  options.connect_timeout = settings.upstream.connect_timeout;
  if (settings.upstream.first_byte_timeout.count() > 0)
    options.first_byte_timeout = settings.upstream.first_byte_timeout;
  options.max_in_flight = settings.upstream.max_in_flight;
  options.ca_file = settings.upstream.ca_file;
  options.client_cert = settings.upstream.client_cert;
  options.client_key = settings.upstream.client_key;
  options.proxy = settings.upstream.proxy;
  options.http2 = settings.upstream.http_version == config::HttpVersion::http2;
  return options;
}

std::vector<Secret> secrets_of(const config::Settings& settings) {
  std::vector<Secret> secrets{settings.llm.api_key};
  for (const auto& client : settings.gateway.clients) secrets.push_back(client.key);
  return secrets;
}

}  // namespace

std::optional<std::string> LoggingSubscriber::prepare(const config::Snapshot& next) {
  const auto& log = next.settings.log;
  prepared_.level = observe::parse_log_level(level_.empty() ? log.level : level_).value_or(observe::LogLevel::info);
  prepared_.format = log.format == config::LogFormat::json ? observe::LogFormat::json : observe::LogFormat::text;
  prepared_.file = log.file;
  // The keys of both configurations: lines about the old one may still come.
  prepared_secrets_ = secrets_of(next.settings);
  auto both = prepared_secrets_;
  both.insert(both.end(), secrets_.begin(), secrets_.end());
  observe::set_secrets(std::move(both));
  if (auto configured = observe::configure(prepared_); !configured) return "log: " + configured.error().message;
  return std::nullopt;
}

void LoggingSubscriber::commit(config::SnapshotPtr) noexcept {
  current_ = prepared_;
  secrets_ = std::move(prepared_secrets_);
}

void LoggingSubscriber::abandon() noexcept {
  if (auto restored = observe::configure(current_); !restored)
    observe::log_warn("the log file cannot be opened again", {{"error", restored.error().message}});
}

std::optional<std::string> UpstreamSubscriber::prepare(const config::Snapshot& next) {
  try {
    prepared_ = upstream::Upstream::prepare(upstream_options(next.settings));
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    return std::string("llm.openapi.baseUrl: ") + error.what();
  }
}

void UpstreamSubscriber::commit(config::SnapshotPtr next) noexcept {
  upstream_.commit(std::move(prepared_), next->settings.upstream.keep_warm);
}

void LimitsSubscriber::commit(config::SnapshotPtr next) noexcept {
  const auto& settings = next->settings;
  dispatcher_.gate.set_options({settings.upstream.max_in_flight});
  dispatcher_.queue.set_bounds({settings.upstream.max_in_flight, settings.queue.max_depth, settings.queue.max_bytes,
                                settings.queue.max_per_client});
  dispatcher_.budget.set_share(settings.retry.budget);
  http::Limits limits;
  limits.max_body = settings.gateway.max_body;
  limits.max_connections = settings.gateway.max_connections;
  limits.head_timeout = settings.gateway.head_timeout;
  limits.body_timeout = settings.gateway.body_timeout;
  limits.idle_timeout = settings.gateway.idle_timeout;
  limits.write_timeout = settings.gateway.write_timeout;
  server_.set_limits(limits);
  gateway_.set_snapshot(std::move(next));
}

}  // namespace tidegate::app
