#include "cli/render_exchanges.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/sheet.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

std::string ms_or_dash(const json& object, std::string_view key) {
  const auto value = number_at(object, key);
  return value ? human_ms(*value) : "-";
}

// How long the request has been here. `since_ms` is how long it is in its present state.
std::string age_of(const json& exchange) {
  const auto age = ms_or_dash(exchange, "age_ms");
  return age == "-" ? ms_or_dash(exchange, "since_ms") : age;
}

std::string why_it_waits(const json& exchange) {
  std::string note;
  const auto add = [&note](std::string_view words) { note.append(note.empty() ? "" : ", ").append(words); };
  if (const auto what = text_at(exchange, "waiting_for"); !what.empty()) add("waits for " + what);
  if (const json& left = member(exchange, "client_left"); left.is_boolean() && left.get<bool>())
    add("its client left, goes on for a retry");
  if (const auto place = count_at(exchange, "position"); place > 0) add(fmt::format("place {}", place));
  if (const auto left = number_at(exchange, "deadline_in_ms"); left && !note.empty())
    add("given up in " + human_ms(*left));
  return note;
}

Tone running_tone(const std::string& state) {
  if (state == "streaming") return Tone::good;
  return state == "backing_off" ? Tone::warn : Tone::plain;
}

Tone outcome_tone(const std::string& outcome) {
  if (outcome == "succeeded") return Tone::good;
  return outcome == "cancelled" ? Tone::warn : Tone::bad;
}

std::string running_table(const json& running, const View& view) {
  Table table(view, {{"STATE"},
                     {"AGE", true},
                     {"TRIES", true},
                     {"SENT", true},
                     {"CLIENT", false, Shrink::first},
                     {"MODEL", false, Shrink::first},
                     {"ID", false, Shrink::last}});
  for (const json& exchange : running) {
    const auto state = text_at(exchange, "state", "unknown");
    table.add({state, age_of(exchange), std::to_string(count_at(exchange, "attempts")),
               human_bytes(count_at(exchange, "bytes_sent")), text_at(exchange, "client", "-"),
               text_at(exchange, "model", "-"), text_at(exchange, "id", "-")},
              0, running_tone(state), why_it_waits(exchange));
  }
  return table.render();
}

std::string recent_table(const json& recent, const View& view) {
  Table table(view, {{"OUTCOME"},
                     {"HTTP", true},
                     {"TRIES", true},
                     {"FIRST BYTE", true},
                     {"TOTAL", true},
                     {"CLIENT", false, Shrink::first},
                     {"MODEL", false, Shrink::first},
                     {"ID", false, Shrink::last}});
  for (const json& exchange : recent) {
    const auto outcome = text_at(exchange, "outcome", "unknown");
    const auto status = count_at(exchange, "status");
    std::string note;
    if (outcome != "succeeded") {
      const json& error = member(exchange, "error");
      note = error.is_object() ? text_at(error, "message", text_at(error, "code")) : text_at(exchange, "error");
      if (const auto at = moment_at(exchange, "finished_at"))
        note.append(note.empty() ? "" : ", ").append(ago_at(*at, view.now));
    }
    table.add({outcome, status == 0 ? "-" : std::to_string(status), std::to_string(count_at(exchange, "attempts")),
               ms_or_dash(exchange, "first_byte_ms"), ms_or_dash(exchange, "total_ms"),
               text_at(exchange, "client", "-"), text_at(exchange, "model", "-"), text_at(exchange, "id", "-")},
              0, outcome_tone(outcome), note);
  }
  return table.render();
}

}  // namespace

std::string render_exchanges(const json& answer, const View& view) {
  const json& running = list_at(answer, "running");
  const json& recent = list_at(answer, "recent");
  if (running.empty() && recent.empty()) return "No requests yet.\n";
  std::string out;
  if (running.empty())
    out += "No requests on their way.\n";
  else
    out += view.paint(Tone::strong, fmt::format("On their way ({})", running.size())) + "\n" +
           running_table(running, view);
  if (!recent.empty()) out += "\n" + view.paint(Tone::strong, "Finished last") + "\n" + recent_table(recent, view);
  return out;
}

}  // namespace tidegate::cli
