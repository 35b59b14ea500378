#include <fmt/format.h>

#include "daemon/control/views.h"
#include "daemon/observe/rfc3339.h"

namespace tidegate::control {

using observe::Severity;

namespace {

// A proxy that was away for less is a hiccup that the queue has covered.
constexpr std::chrono::seconds kUpstreamSettle{2};

}  // namespace

void update_health(const Sources& sources) {
  const auto now = Clock::now();
  const auto wall = std::chrono::system_clock::now();
  auto& health = sources.health;
  const auto say = [&](const char* code, bool wrong, Severity severity, const std::string& summary,
                       Clock::duration settle = {}) {
    if (wrong)
      health.set(code, severity, summary, now, wall, settle);
    else
      health.clear(code);
  };

  const auto& error = sources.store.last_error();
  say("config_reload_failed", error.has_value(), Severity::error,
      error ? "the configuration file is not valid, the last good one stays: " + error->message : "");

  const auto report = sources.upstream.report();
  say("upstream_down", report.state == upstream::State::down, Severity::error,
      fmt::format("the proxy {} cannot be reached{}", report.base_url,
                  report.last_error ? ": " + report.last_error->message : ""),
      kUpstreamSettle);
  say("upstream_key_rejected", report.last_status == 401, Severity::error,
      "the proxy rejects the key in llm.openapi.apiKey (it answered 401)");

  for (const char* code :
       {"config_readable_by_others", "key_file_readable_by_others", "client_key_readable_by_others"}) {
    std::string message;
    for (const auto& warning : sources.store.current()->warnings)
      if (warning.code == code) message = warning.message;
    say(code, !message.empty(), Severity::warning, message);
  }
}

std::string_view state_name(const Sources& sources) {
  if (sources.draining()) return "draining";
  return sources.health.overall(Clock::now()) == observe::Health::degraded ? "degraded" : "ready";
}

Json health_items(const Sources& sources) {
  Json items = Json::array();
  for (const auto& item : sources.health.visible(Clock::now()))
    items.push_back({{"code", item.code},
                     {"severity", to_string(item.severity)},
                     {"summary", item.summary},
                     {"since", observe::rfc3339(item.since)}});
  return items;
}

Json health_view(const Sources& sources) {
  update_health(sources);
  return {{"state", state_name(sources)}, {"health", health_items(sources)}};
}

}  // namespace tidegate::control
