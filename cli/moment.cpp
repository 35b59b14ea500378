#include "cli/moment.h"

#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/duration.h"

namespace tidegate::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A field of exactly `width` digits; -1 where there is none.
int digits(std::string_view& text, std::size_t width) noexcept {
  if (text.size() < width) return -1;
  const auto value = parse_u64(text.substr(0, width));
  if (!value) return -1;
  text.remove_prefix(width);
  return static_cast<int>(*value);
}

bool skip(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

void skip_fraction(std::string_view& text) noexcept {
  if (text.empty() || text.front() != '.') return;
  text.remove_prefix(1);
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
}

// Minutes east of UTC.
std::optional<int> parse_offset(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return 0;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!skip(text, "+-")) return std::nullopt;
  const int hours = digits(text, 2);
  if (hours < 0 || hours > 23 || !skip(text, ":")) return std::nullopt;
  const int minutes = digits(text, 2);
  if (minutes < 0 || minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

std::tm local(Moment moment) noexcept {
  const std::time_t time = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  return parts;
}

}  // namespace

std::optional<Moment> parse_rfc3339(std::string_view text) noexcept {
  namespace ch = std::chrono;
  const int year = digits(text, 4);
  if (year < 0 || !skip(text, "-")) return std::nullopt;
  const int month = digits(text, 2);
  if (month < 1 || !skip(text, "-")) return std::nullopt;
  const int day = digits(text, 2);
  if (day < 1 || !skip(text, "Tt ")) return std::nullopt;
  const int hour = digits(text, 2);
  if (hour < 0 || hour > 23 || !skip(text, ":")) return std::nullopt;
  const int minute = digits(text, 2);
  if (minute < 0 || minute > 59 || !skip(text, ":")) return std::nullopt;
  const int second = digits(text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  skip_fraction(text);
  const auto offset = parse_offset(text);
  const ch::year_month_day date{ch::year{year}, ch::month{static_cast<unsigned>(month)},
                                ch::day{static_cast<unsigned>(day)}};
  if (!offset || !date.ok()) return std::nullopt;
  return ch::sys_days{date} + ch::hours{hour} + ch::minutes{minute - *offset} + ch::seconds{second};
}

std::string ago(Moment then, Moment now) {
  const auto age = duration_cast<seconds>(now - then);
  if (age.count() <= 0) return "just now";
  if (age.count() < 60) return fmt::format("{} s ago", age.count());
  return human_duration(age) + " ago";
}

std::string clock_time(Moment then, Moment now) {
  const auto at = local(then);
  const auto today = local(now);
  const auto time = fmt::format("{:02}:{:02}:{:02}", at.tm_hour, at.tm_min, at.tm_sec);
  if (at.tm_year == today.tm_year && at.tm_yday == today.tm_yday) return time;
  return fmt::format("{}-{:02}-{:02} {}", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday, time);
}

std::string ago_at(Moment then, Moment now) { return fmt::format("{} ({})", ago(then, now), clock_time(then, now)); }

std::string human_ms(double value) {
  constexpr double kLongest = 1e13;
  if (!(value > 0)) value = 0;
  if (value > kLongest) value = kLongest;
  if (value > 0 && value < 9.95) return fmt::format("{:.1f} ms", value);
  return human_duration(milliseconds(std::llround(value)));
}

}  // namespace tidegate::cli
