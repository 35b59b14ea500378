#include "cli/render_health.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/render_status.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

int rank(const json& item) {
  const auto severity = text_at(item, "severity");
  return severity == "error" ? 0 : severity == "warning" ? 1 : 2;
}

Tone tone(int rank_of_item) { return rank_of_item == 0 ? Tone::bad : rank_of_item == 1 ? Tone::warn : Tone::plain; }

}  // namespace

void add_health_rows(Sheet& sheet, const json& items, const View& view) {
  std::vector<const json*> sorted;
  for (const json& item : items) sorted.push_back(&item);
  std::stable_sort(sorted.begin(), sorted.end(), [](const json* a, const json* b) { return rank(*a) < rank(*b); });
  for (const json* item : sorted) {
    auto words = fmt::format(" {}", text_at(*item, "summary", "no summary"));
    if (const auto code = text_at(*item, "code"); !code.empty()) words += fmt::format(" [{}]", code);
    if (const auto since = moment_at(*item, "since")) words += fmt::format(", since {}", clock_time(*since, view.now));
    sheet.row(item == sorted.front() ? "Health" : "", Mark{text_at(*item, "severity", "info") + ":", tone(rank(*item))},
              words);
  }
}

std::string render_health(const json& answer, const View& view) {
  Sheet sheet(view);
  const auto state = text_at(answer, "state", "unknown");
  sheet.row("Gateway", Mark{state, state_tone(state)});
  const json& items = list_at(answer, "health");
  if (items.empty())
    sheet.row("Health", "nothing to report");
  else
    add_health_rows(sheet, items, view);
  return sheet.take();
}

}  // namespace tidegate::cli
