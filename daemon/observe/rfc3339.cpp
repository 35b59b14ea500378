#include "daemon/observe/rfc3339.h"

#include <fmt/format.h>
#include <algorithm>

namespace tidegate::observe {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;

constexpr milliseconds kEarliest = sys_days(std::chrono::year(0) / 1 / 1).time_since_epoch();
constexpr milliseconds kLatest =
    milliseconds(sys_days(std::chrono::year(10000) / 1 / 1).time_since_epoch()) - milliseconds(1);

// Lines come many in a second: all but the milliseconds is made once for each.
struct LastSecond {
  std::chrono::seconds second{-1};
  std::string text;
};

// The calendar of <chrono> and not gmtime_r: no locale, no time zone database, no shared state.
std::string render_second(std::chrono::seconds since_epoch) {
  const std::chrono::sys_seconds at(since_epoch);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::clamp(std::chrono::floor<milliseconds>(time.time_since_epoch()), kEarliest, kLatest);
  const auto second = std::chrono::floor<std::chrono::seconds>(since_epoch);
  thread_local LastSecond last;
  if (last.second != second || last.text.empty()) last = {second, render_second(second)};
  const auto ms = static_cast<unsigned>((since_epoch - second).count());
  std::string text = last.text;
  text += static_cast<char>('0' + ms / 100);
  text += static_cast<char>('0' + ms / 10 % 10);
  text += static_cast<char>('0' + ms % 10);
  text += 'Z';
  return text;
}

}  // namespace tidegate::observe
