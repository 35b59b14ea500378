#include "tests/support/sim/faults.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/duration.h"

namespace tidegate::sim {

/// One name and how its value gets into Faults; the setter says no to a value that it cannot read.
struct FaultKind {
  std::string_view name;
  bool (*set)(Faults&, std::string_view value);
};

namespace {

template <auto Member>
bool flag(Faults& faults, std::string_view value) {
  faults.*Member = true;
  return value.empty();
}

template <auto Member>
bool number(Faults& faults, std::string_view value) {
  faults.*Member = parse_u64(value);
  return (faults.*Member).has_value();
}

/// A number of chunks that may be left out; then it is 2, about the middle of a short stream.
template <auto Member>
bool chunks(Faults& faults, std::string_view value) {
  return number<Member>(faults, value.empty() ? "2" : value);
}

template <auto Member>
bool positive(Faults& faults, std::string_view value) {
  return number<Member>(faults, value) && *(faults.*Member) > 0;
}

template <auto Member>
bool duration(Faults& faults, std::string_view value) {
  faults.*Member = parse_duration(value);
  return (faults.*Member).has_value();
}

template <auto Member>
bool text(Faults& faults, std::string_view value) {
  faults.*Member = std::string(value);
  return true;
}

bool set_status(Faults& faults, std::string_view value) {
  const auto code = parse_u64(value);
  if (!code || *code < 200 || *code > 599) return false;
  faults.status = static_cast<int>(*code);
  return true;
}

bool set_bad_status(Faults& faults, std::string_view value) {
  faults.bad_status = value.empty() ? "999" : std::string(value);
  return true;
}

bool set_slow_head(Faults& faults, std::string_view value) {
  return duration<&Faults::slow_head>(faults, value.empty() ? "20ms" : value);
}

constexpr std::array kKinds{
    FaultKind{"status", set_status},
    FaultKind{"retry-after", text<&Faults::retry_after>},
    FaultKind{"retry-after-ms", text<&Faults::retry_after_ms>},
    FaultKind{"per-minute", positive<&Faults::per_minute>},
    FaultKind{"redirect", text<&Faults::redirect>},
    FaultKind{"quote-key", flag<&Faults::quote_key>},
    FaultKind{"error-in-200", flag<&Faults::error_in_200>},
    FaultKind{"delay", duration<&Faults::delay>},
    FaultKind{"slow-head", set_slow_head},
    FaultKind{"bad-status", set_bad_status},
    FaultKind{"big-head", number<&Faults::big_head>},
    FaultKind{"reset", flag<&Faults::reset>},
    FaultKind{"close", flag<&Faults::close>},
    FaultKind{"silence", flag<&Faults::silence>},
    FaultKind{"http09", flag<&Faults::http09>},
    FaultKind{"double-length", flag<&Faults::double_length>},
    FaultKind{"negative-length", flag<&Faults::negative_length>},
    FaultKind{"endless-head", flag<&Faults::endless_head>},
    FaultKind{"hop-headers", flag<&Faults::hop_headers>},
    FaultKind{"truncate", number<&Faults::truncate>},
    FaultKind{"reset-after", chunks<&Faults::reset_after>},
    FaultKind{"cut-after", chunks<&Faults::cut_after>},
    FaultKind{"stall-after", chunks<&Faults::stall_after>},
    FaultKind{"malformed-chunk", chunks<&Faults::malformed_chunk>},
    FaultKind{"split", positive<&Faults::split>},
    FaultKind{"close-delimited", flag<&Faults::close_delimited>},
    FaultKind{"close-delimited-cut", flag<&Faults::close_delimited_cut>},
    FaultKind{"trailers", flag<&Faults::trailers>},
    FaultKind{"gzip", flag<&Faults::gzip>},
    FaultKind{"error-chunk", chunks<&Faults::error_chunk>},
    FaultKind{"bad-event", chunks<&Faults::bad_event>},
    FaultKind{"size", number<&Faults::size>},
    FaultKind{"chunk", positive<&Faults::chunk>},
    FaultKind{"tokens", positive<&Faults::tokens>},
    FaultKind{"token-delay", duration<&Faults::token_delay>},
    FaultKind{"first-token-delay", duration<&Faults::first_token_delay>},
    FaultKind{"raw-sse", text<&Faults::raw_sse>},
    FaultKind{"no-finish", flag<&Faults::no_finish>},
    FaultKind{"no-done", flag<&Faults::no_done>},
};

/// Adds one `NAME[=VALUE]` to the group; what is wrong with it otherwise.
std::optional<Error> add_item(FaultGroup& group, std::string_view item) {
  const auto separator = item.find_first_of("=:");
  const auto name = trim(item.substr(0, separator));
  const auto value = separator == std::string_view::npos ? std::string_view() : trim(item.substr(separator + 1));
  if (name == "once" || name == "times") {
    group.times = name == "once" ? 1 : parse_u64(value);
    if (group.times) return std::nullopt;
    return Error{ErrorCode::bad_request, "fault 'times' wants a number"};
  }
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.name == name; });
  if (kind == kKinds.end())
    return Error{ErrorCode::bad_request, fmt::format("there is no fault '{}'", printable(name, 40))};
  Faults scratch;
  if (!kind->set(scratch, value))
    return Error{ErrorCode::bad_request, fmt::format("fault '{}' cannot be '{}'", name, printable(value, 40))};
  group.items.emplace_back(&*kind, std::string(value));
  return std::nullopt;
}

}  // namespace

void FaultGroup::apply(Faults& faults) const {
  for (const auto& [kind, value] : items) kind->set(faults, value);
}

Result<std::vector<FaultGroup>> parse_faults(std::string_view text) {
  std::vector<FaultGroup> groups;
  while (!text.empty()) {
    const auto semicolon = std::min(text.find(';'), text.size());
    auto rest = text.substr(0, semicolon);
    text.remove_prefix(std::min(semicolon + 1, text.size()));
    FaultGroup group;
    group.text = std::string(rest);
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      const auto item = trim(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (item.empty()) continue;
      if (auto error = add_item(group, item)) return std::move(*error);
    }
    if (!group.items.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<std::string_view> faults_in_model(std::string_view model) {
  constexpr std::string_view kPrefix = "fault-";
  if (!model.starts_with(kPrefix)) return std::nullopt;
  return model.substr(kPrefix.size());
}

}  // namespace tidegate::sim
