#include "common/duration.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "common/ascii.h"

namespace tidegate {
namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::int64_t kLongestMs = 10LL * 365 * 24 * 3'600'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
  const auto digits = text.find_first_not_of("0123456789");
  const auto number = parse_u64(text.substr(0, digits));
  if (!number) return std::nullopt;
  const auto suffix = digits == std::string_view::npos ? std::string_view("ms") : text.substr(digits);
  for (const auto& unit : kUnits) {
    if (unit.suffix != suffix) continue;
    if (*number > static_cast<std::uint64_t>(kLongestMs / unit.milliseconds)) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*number) * unit.milliseconds);
  }
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds value) {
  const auto ms = value.count();
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit)
    if (ms != 0 && ms % unit->milliseconds == 0) return fmt::format("{}{}", ms / unit->milliseconds, unit->suffix);
  return fmt::format("{}ms", ms);
}

std::string human_duration(std::chrono::milliseconds value) {
  const auto ms = value.count();
  if (ms < 1'000) return fmt::format("{} ms", ms);
  // Cut, not rounded: 59.999 s must not read as a minute.
  if (ms < 60'000) return fmt::format("{}.{} s", ms / 1'000, ms % 1'000 / 100);
  const auto two = [](std::int64_t big, const char* big_name, std::int64_t small, const char* small_name) {
    return small == 0 ? fmt::format("{} {}", big, big_name)
                      : fmt::format("{} {} {} {}", big, big_name, small, small_name);
  };
  const auto seconds = ms / 1'000;
  if (seconds < 3'600) return two(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86'400) return two(seconds / 3'600, "h", seconds % 3'600 / 60, "min");
  return two(seconds / 86'400, "d", seconds % 86'400 / 3'600, "h");
}

}  // namespace tidegate
