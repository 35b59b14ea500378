#include "daemon/policy/reset_time.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/ascii.h"
#include "daemon/policy/retry_after.h"

namespace tidegate::policy {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr std::int64_t kSecond = 1'000'000;  // in microseconds
constexpr std::int64_t kDay = 86'400 * kSecond;
// Longer spans than this many seconds are moments: 1e8 s are three years, and 1e8 s after the epoch was 1973.
constexpr std::int64_t kFirstEpoch = 100'000'000;
// Larger epochs are in milliseconds: as seconds they would be after the year 5000.
constexpr std::int64_t kFirstMilliEpoch = 100'000'000'000;

struct Unit {
  std::string_view name;
  std::int64_t us;
};
// Longer names before those they begin with.
constexpr std::array<Unit, 8> kUnits{{{"ms", 1'000},
                                      {"us", 1},
                                      {"µs", 1},
                                      {"ns", 0},
                                      {"d", kDay},
                                      {"h", 3'600 * kSecond},
                                      {"m", 60 * kSecond},
                                      {"s", kSecond}}};

// Reads digits with an optional fraction off the front. In millionths; large numbers stop at a bound far behind all
// uses.
std::optional<std::int64_t> take_number(std::string_view& text) noexcept {
  constexpr std::int64_t kBound = std::int64_t{1} << 53;
  std::int64_t value = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at)
    value = std::min(value * 10 + (text[at] - '0'), kBound / kSecond);
  if (at == 0) return std::nullopt;
  value *= kSecond;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    std::int64_t place = kSecond / 10;
    for (++at; at < text.size() && is_digit(text[at]); ++at, place /= 10) value += (text[at] - '0') * place;
  }
  text.remove_prefix(at);
  return value;
}

milliseconds bounded(std::int64_t us) noexcept {
  return std::clamp(std::chrono::ceil<milliseconds>(microseconds(us)), milliseconds(0), kLongestReset);
}

// The units of a Go duration, as many as there are at the front.
std::optional<std::int64_t> take_units(std::string_view& text) noexcept {
  std::optional<std::int64_t> total;
  while (!text.empty()) {
    auto rest = text;
    const auto value = take_number(rest);
    if (!value) break;
    const auto* unit =
        std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return istarts_with(rest, u.name); });
    if (unit == kUnits.end()) break;
    const double us = static_cast<double>(*value) / kSecond * static_cast<double>(unit->us);
    total = std::min(total.value_or(0) + static_cast<std::int64_t>(std::min(us, 1e12)), kDay);
    rest.remove_prefix(unit->name.size());
    text = rest;
  }
  return total;
}

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
  const auto value = parse_u64(text.substr(std::min(at, text.size()), count));
  if (!value || at + count > text.size()) return std::nullopt;
  return static_cast<unsigned>(*value);
}

// `Z`, or an offset from UTC in minutes.
std::optional<int> offset_minutes(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = static_cast<int>(*hours * 60 + *minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<milliseconds> parse_span(std::string_view text) noexcept {
  text = trim(text);
  auto rest = text;
  if (const auto seconds = take_number(rest); seconds && rest.empty()) return bounded(*seconds);
  rest = text;
  const auto us = take_units(rest);
  if (!us || !rest.empty()) return std::nullopt;
  return bounded(*us);
}

std::optional<SysMicroseconds> parse_rfc3339(std::string_view text) noexcept {
  text = trim(text);
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (ascii_lower(text[10]) != 't' && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  auto rest = text.substr(19);
  std::string_view zone = rest;
  std::int64_t fraction_us = 0;
  if (rest.front() == '.') {
    std::int64_t place = kSecond / 10;
    std::size_t at = 1;
    for (; at < rest.size() && is_digit(rest[at]); ++at, place /= 10) fraction_us += (rest[at] - '0') * place;
    if (at == 1) return std::nullopt;
    zone = rest.substr(at);
  }
  const auto offset = offset_minutes(zone);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!offset || !date.ok()) return std::nullopt;
  const auto moment = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                      std::chrono::seconds(*second) - std::chrono::minutes(*offset) + microseconds(fraction_us);
  return moment;
}

std::optional<milliseconds> parse_reset(std::string_view text, system_clock::time_point now) {
  text = trim(text);
  const auto until = [&](SysMicroseconds then) {
    return bounded((then - std::chrono::floor<microseconds>(now)).count());
  };
  if (const auto whole = parse_u64(text.substr(0, text.find('.'))); whole && *whole >= kFirstEpoch) {
    auto rest = text;
    const auto value = take_number(rest);
    if (!value || !rest.empty()) return std::nullopt;
    const bool milli = *whole >= kFirstMilliEpoch;
    const auto epoch_us = milli ? static_cast<std::int64_t>(std::min(*whole, std::uint64_t{1} << 52)) * 1'000 : *value;
    return until(SysMicroseconds(microseconds(epoch_us)));
  }
  if (const auto span = parse_span(text)) return span;
  if (const auto moment = parse_rfc3339(text)) return until(*moment);
  if (const auto date = parse_http_date(text)) return until(*date);
  return std::nullopt;
}

std::optional<milliseconds> wait_in_text(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 3> kLeads{"try again in ", "retry after ", "retry in "};
  for (const auto lead : kLeads) {
    const auto same = [](char a, char b) { return ascii_lower(a) == b; };
    const auto found = std::search(text.begin(), text.end(), lead.begin(), lead.end(), same);
    if (found == text.end()) continue;
    auto rest = text.substr(static_cast<std::size_t>(found - text.begin()) + lead.size());
    auto spelled = rest;
    if (const auto us = take_units(rest)) return bounded(*us);
    const auto seconds = take_number(spelled);
    if (seconds && istarts_with(trim(spelled), "second")) return bounded(*seconds);
  }
  return std::nullopt;
}

}  // namespace tidegate::policy
