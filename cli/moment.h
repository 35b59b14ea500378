#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::cli {

using Moment = std::chrono::system_clock::time_point;

/// RFC 3339: `2026-07-01T12:00:03Z`, with fractions of a second and offsets too; nothing on anything else.
std::optional<Moment> parse_rfc3339(std::string_view text) noexcept;

/// `just now`, `2 s ago`, `4 min 10 s ago`, `5 d 4 h ago`. A moment that is still to come (clocks differ) is `just
/// now`.
std::string ago(Moment then, Moment now);

/// In the local time zone: `14:02:11`, and with the date in front where that is not today's.
std::string clock_time(Moment then, Moment now);

/// Both: `2 s ago (14:02:11)`.
std::string ago_at(Moment then, Moment now);

/// A duration given in milliseconds: `3.4 ms`, `210 ms`, `1.2 s`. Numbers that make no sense are shown as 0.
std::string human_ms(double milliseconds);

}  // namespace tidegate::cli
