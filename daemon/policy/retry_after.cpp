#include "daemon/policy/retry_after.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/ascii.h"

namespace tidegate::policy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours(24);
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

// A decimal number, perhaps with a fraction, times `unit` ms. Written out: no locale, no floating from_chars on macOS.
std::optional<milliseconds> parse_decimal(std::string_view text, std::int64_t unit_us) {
  text = trim(text);
  const auto dot = text.find('.');
  const auto whole = parse_u64(text.substr(0, dot));
  if (!whole) return std::nullopt;
  std::int64_t fraction_us = 0;
  if (dot != std::string_view::npos) {
    std::int64_t place = unit_us;
    for (const char c : text.substr(dot + 1)) {
      if (!is_digit(c)) return std::nullopt;
      place /= 10;
      fraction_us += (c - '0') * place;
    }
  }
  if (*whole > static_cast<std::uint64_t>(kLongest.count())) return kLongest;
  const auto us = static_cast<std::int64_t>(*whole) * unit_us + fraction_us;
  return std::min(kLongest, std::chrono::ceil<milliseconds>(std::chrono::microseconds(us)));
}

// Splits at blanks, commas and hyphens: all three date forms become words.
std::array<std::string_view, 8> words(std::string_view text, std::size_t& count) {
  std::array<std::string_view, 8> out{};
  count = 0;
  while (count < out.size()) {
    const auto start = text.find_first_not_of(" ,-");
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const auto end = std::min(text.find_first_of(" ,-"), text.size());
    out[count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
  return out;
}

std::optional<unsigned> month_number(std::string_view name) {
  for (unsigned i = 0; i < kMonths.size(); ++i)
    if (iequals(name, kMonths[i])) return i + 1;
  return std::nullopt;
}

std::optional<std::chrono::seconds> parse_clock(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto h = parse_u64(text.substr(0, 2));
  const auto m = parse_u64(text.substr(3, 2));
  const auto s = parse_u64(text.substr(6, 2));
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return std::chrono::seconds(*h * 3600 + *m * 60 + *s);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  std::size_t count = 0;
  const auto word = words(text, count);
  // asctime: Sun Nov  6 08:49:37 1994. The others: [weekday] 06 Nov 1994 08:49:37 GMT, with 94 in RFC 850's.
  const bool asctime = count == 5 && month_number(word[1]);
  if (!asctime && (count != 6 || !iequals(word[5], "GMT"))) return std::nullopt;
  const auto day = parse_u64(asctime ? word[2] : word[1]);
  const auto month = month_number(asctime ? word[1] : word[2]);
  auto year = parse_u64(asctime ? word[4] : word[3]);
  const auto clock = parse_clock(asctime ? word[3] : word[4]);
  if (!day || !month || !year || !clock) return std::nullopt;
  if (*year < 100) *year += *year < 70 ? 2000 : 1900;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(std::min<std::uint64_t>(*year, 9999))),
                                         std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(std::min<std::uint64_t>(*day, 99)))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *clock;
}

std::optional<milliseconds> parse_retry_after(std::string_view retry_after_ms, std::string_view retry_after,
                                              std::chrono::system_clock::time_point now) {
  if (const auto wait = parse_decimal(retry_after_ms, 1'000)) return wait;
  if (const auto wait = parse_decimal(retry_after, 1'000'000)) return wait;
  const auto date = parse_http_date(retry_after);
  if (!date) return std::nullopt;
  return std::clamp(*date - std::chrono::floor<milliseconds>(now), milliseconds(0), kLongest);
}

}  // namespace tidegate::policy
