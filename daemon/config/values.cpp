#include "daemon/config/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "common/ascii.h"
#include "daemon/config/limits.h"

namespace tidegate::config {

bool has_leading_zero(std::string_view text) noexcept { return text.size() > 1 && text[0] == '0' && is_digit(text[1]); }

std::optional<std::uint64_t> parse_count(std::string_view text) noexcept {
  if (has_leading_zero(text)) return std::nullopt;
  return parse_u64(text);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) noexcept {
  constexpr std::array<std::pair<std::string_view, unsigned>, 3> kUnits{{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  for (const auto& [suffix, shift] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    const auto number = parse_count(text.substr(0, text.size() - suffix.size()));
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
    return *number << shift;
  }
  return parse_count(text);
}

std::optional<double> parse_fraction(std::string_view text) noexcept {
  constexpr std::size_t kMaxDigits = 6;
  const auto point = text.find('.');
  const auto whole = parse_count(text.substr(0, point));
  if (!whole || *whole > 1) return std::nullopt;
  if (point == std::string_view::npos) return static_cast<double>(*whole);
  const auto digits = text.substr(point + 1);
  const auto fraction = parse_u64(digits);
  if (!fraction || digits.size() > kMaxDigits) return std::nullopt;
  double unit = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) unit *= 10;
  const double value = static_cast<double>(*whole) + static_cast<double>(*fraction) / unit;
  if (value > 1) return std::nullopt;
  return value;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = ascii_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

bool is_visible_ascii(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]) ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({change, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

}  // namespace tidegate::config
