#include "cli/render_queue.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/sheet.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

// What the daemon's words mean to somebody who waits.
std::string in_words(const std::string& reason) {
  if (reason == "slot") return "its turn";
  if (reason == "pace") return "the pace that the limit allows";
  if (reason == "rate_limit") return "the proxy's rate limit";
  if (reason == "circuit_open" || reason == "upstream_down") return "the proxy, which does not answer";
  if (reason == "concurrency") return "another call to end";
  return reason;
}

std::string until(const json& item) {
  const auto ms = number_at(item, "not_before_ms");
  return ms ? "in " + human_ms(*ms) : "";
}

Mark circuit(const json& circuit) {
  const auto state = text_at(circuit, "state", "unknown");
  if (state == "closed") return {"answers", Tone::good};
  std::string text = state == "recovering" ? "is back, asked by few at once" : "does not answer";
  if (const auto ms = number_at(circuit, "asked_again_in_ms")) text += ", asked again in " + human_ms(*ms);
  return {text, state == "recovering" ? Tone::warn : Tone::bad};
}

std::string pace(const json& model) {
  std::string text =
      fmt::format("{} of {} at once", count_at(model, "in_flight"), count_at(model, "concurrency_limit"));
  if (const auto rate = number_at(model, "per_minute")) text += fmt::format(", {:.0f} a minute", *rate);
  if (const auto reason = text_at(model, "waits_for"); !reason.empty() && reason != "none") {
    text += "; waits for " + in_words(reason);
    if (const auto when = until(model); !when.empty()) text += ", " + when;
  }
  return text;
}

std::string waiting_table(const json& waiting, const View& view) {
  Table table(view, {{"PLACE", true},
                     {"WAITED", true},
                     {"FOR"},
                     {"CLIENT", false, Shrink::first},
                     {"SESSION", false, Shrink::first},
                     {"MODEL", false, Shrink::first},
                     {"ID", false, Shrink::last}});
  for (const json& item : waiting) {
    const auto waited = number_at(item, "waited_ms");
    auto reason = in_words(text_at(item, "waits_for", "-"));
    if (const auto when = until(item); !when.empty()) reason += ", " + when;
    const bool background = text_at(item, "priority") == "background";
    table.add({std::to_string(count_at(item, "position")), waited ? human_ms(*waited) : "-", reason,
               text_at(item, "client", "-"), text_at(item, "session", "-"), text_at(item, "model", "-"),
               text_at(item, "id", "-")},
              2, Tone::plain, background ? "background" : "");
  }
  return table.render();
}

}  // namespace

std::string render_queue(const json& answer, const View& view) {
  const json& gate = member(answer, "gate");
  Sheet sheet(view);
  sheet.row("Waiting",
            fmt::format("{} of {}; {} of {} on their way", count_at(answer, "depth"), count_at(answer, "max_depth"),
                        count_at(answer, "in_flight"), count_at(answer, "max_in_flight")));
  sheet.row("Proxy", circuit(member(gate, "circuit")));
  for (const json& model : list_at(gate, "models")) sheet.row(text_at(model, "model", "-"), pace(model));
  auto out = sheet.take();
  const json& waiting = list_at(answer, "waiting");
  if (!waiting.empty()) out += "\n" + waiting_table(waiting, view);
  return out;
}

}  // namespace tidegate::cli
