#include <unistd.h>

#include "common/version.h"
#include "daemon/config/loader.h"
#include "daemon/control/views.h"
#include "daemon/observe/rfc3339.h"
#include "daemon/platform/rss.h"

namespace tidegate::control {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

template <class T>
Json optional_time(const T& time) {
  return time ? Json(observe::rfc3339(*time)) : Json(nullptr);
}

Json config_part(const config::Store& store) {
  const auto& current = *store.current();
  Json part{{"path", current.path.string()},       {"digest", current.digest},
            {"generation", current.generation},    {"loaded_at", observe::rfc3339(current.loaded_at)},
            {"model", current.settings.llm.model}, {"last_error", nullptr}};
  if (const auto& error = store.last_error())
    part["last_error"] = {{"message", error->message},
                          {"line", error->line},
                          {"column", error->column},
                          {"at", observe::rfc3339(error->when)}};
  return part;
}

Json streams_part(const observe::Counters::Streams& streams) {
  auto truncated = Json::object();
  for (std::size_t reason = 1; reason < observe::kTruncations; ++reason) {
    const auto value = static_cast<observe::Truncation>(reason);
    if (value != observe::Truncation::cut_body) truncated[std::string(to_string(value))] = streams.truncated_by(value);
  }
  return {{"complete", streams.complete},
          {"truncated", std::move(truncated)},
          {"malformed_chunks", streams.malformed_chunks},
          {"terminal_added", streams.terminal_added},
          {"heartbeats", streams.heartbeats}};
}

Json upstream_part(const upstream::Report& report, Json gate) {
  const auto percentile = [&](milliseconds value) {
    return report.latency.samples > 0 ? Json(value.count()) : Json(nullptr);
  };
  Json part{{"name", "default"},
            {"base_url", report.base_url},
            {"state", to_string(report.state)},
            {"http_version", report.http_version.empty() ? Json(nullptr) : Json(report.http_version)},
            {"connections",
             {{"open", report.connections.open},
              {"in_use", report.connections.in_use},
              {"opened_total", report.connections.opened_total},
              {"reused_total", report.connections.reused_total}}},
            {"last_success_at", optional_time(report.last_success_at)},
            {"last_error", nullptr},
            {"latency_ms",
             {{"p50", percentile(report.latency.p50)},
              {"p90", percentile(report.latency.p90)},
              {"p99", percentile(report.latency.p99)},
              {"count", report.latency.samples}}}};
  if (report.last_error)
    part["last_error"] = {{"at", observe::rfc3339(report.last_error->at)},
                          {"code", report.last_error->code},
                          {"message", report.last_error->message}};
  part.update(std::move(gate));
  return part;
}

}  // namespace

Json status_view(const Sources& sources) {
  update_health(sources);
  const auto now = Clock::now();
  const auto& settings = sources.store.current()->settings;
  const auto& requests = sources.counters.requests;
  return {
      {"version", kVersion},
      {"pid", ::getpid()},
      {"uptime_s", duration_cast<std::chrono::seconds>(now - sources.started).count()},
      {"state", state_name(sources)},
      {"memory_bytes", platform::resident_bytes()},
      {"gateway", {{"name", settings.gateway.name}, {"listen", sources.listening()}}},
      {"config", config_part(sources.store)},
      {"upstreams", Json::array({upstream_part(sources.upstream.report(), gate_part(sources.gate, now))})},
      {"queue",
       {{"depth", sources.queue.depth()},
        {"in_flight", sources.queue.in_flight()},
        {"max_in_flight", sources.queue.bounds().max_in_flight},
        {"max_depth", sources.queue.bounds().max_depth},
        {"oldest_wait_ms", duration_cast<milliseconds>(sources.queue.oldest_wait(now)).count()},
        {"bytes", sources.queue.bytes()}}},
      {"requests",
       {{"total", requests.total},
        {"succeeded", requests.succeeded},
        {"failed", requests.failed},
        {"cancelled", requests.cancelled},
        {"truncated", requests.truncated},
        {"retried", requests.retried}}},
      {"streams", streams_part(sources.counters.streams)},
      {"jobs", {{"queued", 0}, {"running", 0}, {"completed", 0}, {"failed", 0}}},
      {"limits", Json::array()},
      {"health", health_items(sources)},
  };
}

Json config_view(const Sources& sources) {
  const auto& current = *sources.store.current();
  return {{"path", current.path.string()},
          {"digest", current.digest},
          {"generation", current.generation},
          {"config", Json::parse(config::to_redacted_json(current))}};
}

}  // namespace tidegate::control
