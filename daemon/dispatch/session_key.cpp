#include "daemon/dispatch/session_key.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "common/ascii.h"

namespace tidegate::dispatch {
namespace {

constexpr std::string_view kPriorityHeader = "x-tidegate-priority";

std::string_view find(const std::vector<Header>& headers, std::string_view name) {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return iequals(h.name, name); });
  return found == headers.end() ? std::string_view() : trim(found->value);
}

// FNV-1a: the same on every platform, so that a key in a log means the same everywhere. No secret depends on it.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return value;
}

std::string bounded(std::string_view key) {
  if (key.size() <= kMaxSessionKey) return std::string(key);
  constexpr std::size_t kHashPart = 17;
  return fmt::format("{}~{:016x}", key.substr(0, kMaxSessionKey - kHashPart), hash(key));
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// https://www.w3.org/TR/trace-context-2/#traceparent-header: version-traceid-parentid-flags, all in lower-case hex. The
// trace id is not all zeros, version ff is invalid, and only later versions than 00 may be followed by more.
std::string_view trace_id(std::string_view traceparent) {
  constexpr std::size_t kSize = 55;
  constexpr std::size_t kTraceAt = 3;
  constexpr std::size_t kTraceSize = 32;
  constexpr std::size_t kParentAt = 36;
  constexpr std::size_t kParentSize = 16;
  constexpr std::size_t kFlagsAt = 53;
  if (traceparent.size() < kSize) return {};
  const auto version = traceparent.substr(0, 2);
  const auto trace = traceparent.substr(kTraceAt, kTraceSize);
  const auto parent = traceparent.substr(kParentAt, kParentSize);
  const bool good = traceparent[kTraceAt - 1] == '-' && traceparent[kParentAt - 1] == '-' &&
                    traceparent[kFlagsAt - 1] == '-' && is_lower_hex(version) && is_lower_hex(trace) &&
                    is_lower_hex(parent) && is_lower_hex(traceparent.substr(kFlagsAt, 2)) && version != "ff" &&
                    trace.find_first_not_of('0') != std::string_view::npos &&
                    parent.find_first_not_of('0') != std::string_view::npos &&
                    (traceparent.size() == kSize || (version != "00" && traceparent[kSize] == '-'));
  return good ? trace : std::string_view();
}

}  // namespace

std::string session_key(const std::vector<Header>& headers, std::string_view user) {
  if (const auto session = find(headers, "x-tidegate-session"); !session.empty()) return bounded(session);
  if (!user.empty()) return bounded(user);
  return std::string(trace_id(find(headers, "traceparent")));
}

Result<std::optional<policy::Priority>> asked_priority(const std::vector<Header>& headers) {
  std::optional<policy::Priority> asked;
  for (const auto& header : headers) {
    if (!iequals(header.name, kPriorityHeader)) continue;
    const auto value = trim(header.value);
    if (asked) return Error{ErrorCode::bad_request, "X-Tidegate-Priority is there twice"};
    if (iequals(value, "interactive"))
      asked = policy::Priority::interactive;
    else if (iequals(value, "background"))
      asked = policy::Priority::background;
    else
      return Error{ErrorCode::bad_request, "X-Tidegate-Priority has to be interactive or background"};
  }
  return asked;
}

}  // namespace tidegate::dispatch
