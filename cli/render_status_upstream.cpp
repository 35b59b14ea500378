#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/render_status.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

Mark reachability(const json& upstream) {
  const auto state = text_at(upstream, "state", "unknown");
  if (state == "up") return {"up", Tone::good};
  if (state == "down") return {"down", Tone::bad};
  if (state == "half_open") return {"being tried again", Tone::warn};
  return {state == "unknown" ? "not tried yet" : state, Tone::warn};
}

// `HTTP/1.1 over TLS`; what the wire is like even before the first connection is told by the URL.
std::string over_what(const json& upstream) {
  const auto version = text_at(upstream, "http_version");
  const bool tls = text_at(upstream, "base_url").rfind("https:", 0) == 0;
  if (version.empty()) return tls ? "no connection yet (TLS)" : "no connection yet (without TLS)";
  return fmt::format("HTTP/{} {} TLS", version, tls ? "over" : "without");
}

void add_connections_row(Sheet& sheet, const json& upstream) {
  const json& connections = member(upstream, "connections");
  if (!connections.is_object()) return;
  const auto opened = count_at(connections, "opened_total");
  const auto reused = count_at(connections, "reused_total");
  auto line = fmt::format("{} open, {} in use; {} opened in all", grouped(count_at(connections, "open")),
                          grouped(count_at(connections, "in_use")), grouped(opened));
  if (opened + reused > 0) {
    const double share =
        100.0 * static_cast<double>(reused) / (static_cast<double>(opened) + static_cast<double>(reused));
    line += fmt::format("; reuse {:.1f} %", share);
  }
  sheet.row("Connections", line);
}

void add_latency_row(Sheet& sheet, const json& upstream) {
  const json& latency = member(upstream, "latency_ms");
  std::string line;
  for (const char* key : {"p50", "p90", "p99"})
    if (const auto value = number_at(latency, key))
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", key, human_ms(*value));
  if (line.empty()) {
    if (latency.is_object()) sheet.row("First byte", "no data yet");
    return;
  }
  if (const auto answers = count_at(latency, "count"); answers > 0)
    line += fmt::format(" ({} answers)", grouped(answers));
  sheet.row("First byte", line);
}

// An error that a success followed is history, one that none followed is the news.
void add_error_row(Sheet& sheet, const json& upstream, const View& view) {
  const json& error = member(upstream, "last_error");
  if (!error.is_object()) return;
  const auto at = moment_at(error, "at");
  const auto success = moment_at(upstream, "last_success_at");
  const bool over = at && success && *success > *at;
  auto when = at ? ago_at(*at, view.now) : std::string("at some time");
  auto words = text_at(error, "code");
  if (const auto message = text_at(error, "message"); !message.empty()) words += (words.empty() ? "" : ": ") + message;
  sheet.row("Last error", Mark{when, over ? Tone::plain : Tone::bad}, over ? ", answers since" : "");
  if (!words.empty()) sheet.row("", words);
}

}  // namespace

void add_upstream_rows(Sheet& sheet, const json& upstream, bool named, const View& view) {
  const auto url = public_url(text_at(upstream, "base_url", "no URL"));
  sheet.row("Proxy", reachability(upstream),
            fmt::format(": {}{}", url, named ? " (" + text_at(upstream, "name", "unnamed") + ")" : ""));
  const auto success = moment_at(upstream, "last_success_at");
  sheet.row("", over_what(upstream) +
                    (success ? ", last answer " + ago_at(*success, view.now) : std::string(", no answer yet")));
  add_connections_row(sheet, upstream);
  add_latency_row(sheet, upstream);
  add_error_row(sheet, upstream, view);
}

}  // namespace tidegate::cli
