#include "daemon/dispatch/request_deadline.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace tidegate::dispatch {

using std::chrono::milliseconds;

namespace {

/// A decimal number in thousandths, further digits cut off; nothing on anything else, or where it is very large.
std::optional<std::uint64_t> thousandths(std::string_view text) noexcept {
  constexpr std::size_t kMaxDigits = 12;
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, point);
  const auto fraction = text.substr(std::min(point + 1, text.size()));
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || whole.size() > kMaxDigits || !digits(whole) || !digits(fraction)) return std::nullopt;
  if (point < text.size() && fraction.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : whole) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  for (std::size_t i = 0; i < 3; ++i)
    value = value * 10 + (i < fraction.size() ? static_cast<std::uint64_t>(fraction[i] - '0') : 0);
  return value;
}

// Node's SDKs cut the fraction off, so that "0" is any time below a second, which is nothing to go by.
std::optional<milliseconds> patience_of_sdk(std::string_view seconds) noexcept {
  const auto value = thousandths(seconds);
  if (!value || *value == 0 || *value > static_cast<std::uint64_t>(kLongestDeadline.count())) return std::nullopt;
  const milliseconds whole(static_cast<milliseconds::rep>(*value));
  return whole - std::min(whole / 10, kLongestSdkMargin);
}

}  // namespace

Result<Deadline> request_deadline(const DeadlineFields& fields, TimePoint started) {
  Deadline deadline;
  if (fields.deadline_ms.data() != nullptr) {
    const bool whole = fields.deadline_ms.find('.') == std::string_view::npos;
    const auto value = whole ? thousandths(fields.deadline_ms) : std::nullopt;
    const milliseconds time(static_cast<milliseconds::rep>(value.value_or(0) / 1000));
    if (time < kShortestDeadline || time > kLongestDeadline)
      return Error{ErrorCode::bad_request,
                   fmt::format("X-Tidegate-Deadline-Ms is no whole number of milliseconds from {} to {}",
                               kShortestDeadline.count(), kLongestDeadline.count())};
    deadline.end = started + time;
  }
  for (const auto field : {fields.timeout, fields.read_timeout})
    if (const auto patience = patience_of_sdk(field))
      deadline.first_byte = std::min<TimePoint>(deadline.first_byte, started + *patience);
  return deadline;
}

}  // namespace tidegate::dispatch
