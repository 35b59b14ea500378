#include "cli/render_status.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/render_health.h"
#include "cli/text.h"
#include "common/duration.h"
#include "common/version.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

void add_gateway_row(Sheet& sheet, const json& status) {
  const auto name = text_at(member(status, "gateway"), "name", "gateway");
  const auto state = text_at(status, "state", "unknown");
  const auto version = text_at(status, "version");
  std::string about = fmt::format("pid {}", text_at(status, "pid", "unknown"));
  if (version == kVersion)
    about = fmt::format("version {}, {}", version, about);
  else if (!version.empty())
    about = fmt::format("version {}, this command is {}, {}", version, kVersion, about);
  std::string up;
  if (const auto uptime = number_at(status, "uptime_s")) up = fmt::format(", up {}", human_ms(*uptime * 1'000));
  sheet.row("Gateway", Mark{fmt::format("{}: {}", name, state), state_tone(state)}, fmt::format("{} ({})", up, about));
}

void add_queue_row(Sheet& sheet, const json& status) {
  const json& queue = member(status, "queue");
  if (!queue.is_object()) return;
  const auto most = count_at(queue, "max_in_flight");
  const auto flying =
      fmt::format("; {}{} in flight", grouped(count_at(queue, "in_flight")), most == 0 ? "" : " of " + grouped(most));
  const auto depth = count_at(queue, "depth");
  if (depth == 0) {
    sheet.row("Waiting", "none" + flying);
    return;
  }
  auto waiting = grouped(depth);
  const auto places = count_at(queue, "max_depth");
  if (places > 0) waiting += fmt::format(" of {}", grouped(places));
  if (const auto oldest = number_at(queue, "oldest_wait_ms"))
    waiting += fmt::format(", the oldest for {}", human_ms(*oldest));
  sheet.row("Waiting", Mark{waiting, places > 0 && depth * 10 >= places * 8 ? Tone::bad : Tone::warn}, flying);
}

// Only what has happened: `1,190 succeeded, 6 failed`.
std::string counts(const json& object, std::initializer_list<std::pair<const char*, const char*>> keys) {
  std::string out;
  for (const auto& [key, words] : keys)
    if (const auto value = count_at(object, key); value > 0)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", grouped(value), words);
  return out;
}

void add_request_rows(Sheet& sheet, const json& status) {
  if (const json& requests = member(status, "requests"); requests.is_object()) {
    const auto outcomes = counts(requests, {{"succeeded", "succeeded"},
                                            {"failed", "failed"},
                                            {"cancelled", "cancelled"},
                                            {"truncated", "cut off"},
                                            {"retried", "retried"}});
    const auto total = count_at(requests, "total");
    sheet.row("Requests", total == 0
                              ? "none yet"
                              : fmt::format("{} in all{}{}", grouped(total), outcomes.empty() ? "" : ": ", outcomes));
  }
  const auto jobs =
      counts(member(status, "jobs"),
             {{"queued", "queued"}, {"running", "running"}, {"completed", "completed"}, {"failed", "failed"}});
  if (!jobs.empty()) sheet.row("Jobs", jobs);
}

void add_config_rows(Sheet& sheet, const json& status, const View& view) {
  const json& config = member(status, "config");
  if (!config.is_object()) return;
  if (const json& error = member(config, "last_error"); error.is_object()) {
    const auto line = count_at(error, "line");
    auto words = line == 0 ? std::string(" ") : fmt::format(" line {}, column {}: ", line, count_at(error, "column"));
    words += text_at(error, "message", "no reason given");
    if (const auto at = moment_at(error, "at")) words += ", " + ago_at(*at, view.now);
    sheet.row("Config", Mark{"refused:", Tone::bad}, words);
    sheet.row("", "the one before stays in force:");
  }
  auto what = text_at(config, "digest").empty() ? std::string("no digest") : short_digest(text_at(config, "digest"));
  if (const auto generation = count_at(config, "generation"); generation > 0)
    what += fmt::format(", generation {}", generation);
  if (const auto loaded = moment_at(config, "loaded_at")) what += ", loaded " + ago_at(*loaded, view.now);
  sheet.row(member(config, "last_error").is_object() ? "" : "Config", what);
  auto where = short_path(text_at(config, "path"), view);
  if (const auto model = text_at(config, "model"); !model.empty())
    where += (where.empty() ? "model " : ", model ") + model;
  if (!where.empty()) sheet.row("", where);
}

void add_listen_row(Sheet& sheet, const json& status, const View& view) {
  std::string addresses;
  for (const json& address : list_at(member(status, "gateway"), "listen"))
    if (address.is_string())
      addresses += (addresses.empty() ? "" : ", ") + short_path(clean(address.get_ref<const std::string&>()), view);
  if (!addresses.empty()) sheet.row("Listening", addresses);
}

}  // namespace

Tone state_tone(std::string_view state) {
  if (state == "ready") return Tone::good;
  return state == "degraded" || state == "starting" ? Tone::warn : Tone::bad;
}

std::string render_status(const json& status, const View& view) {
  Sheet sheet(view);
  add_gateway_row(sheet, status);
  add_health_rows(sheet, list_at(status, "health"), view);
  const json& upstreams = list_at(status, "upstreams");
  if (upstreams.empty()) sheet.row("Proxy", Mark{"none configured", Tone::warn});
  for (const json& upstream : upstreams) add_upstream_rows(sheet, upstream, upstreams.size() > 1, view);
  add_queue_row(sheet, status);
  add_request_rows(sheet, status);
  add_config_rows(sheet, status, view);
  add_listen_row(sheet, status, view);
  return sheet.take();
}

int health_exit_code(const json& answer) {
  const auto state = text_at(answer, "state");
  if (state != "ready" && state != "degraded") return 1;
  const json& items = list_at(answer, "health");
  return std::any_of(items.begin(), items.end(), [](const json& item) { return text_at(item, "severity") == "error"; })
             ? 1
             : 0;
}

}  // namespace tidegate::cli
