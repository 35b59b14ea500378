#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tidegate::policy {

/// No wait that is read from an answer is longer.
inline constexpr std::chrono::milliseconds kLongestReset = std::chrono::hours(24);

/// A moment in the range of all four-digit years, which the system clock's own resolution may not reach.
using SysMicroseconds = std::chrono::sys_time<std::chrono::microseconds>;

/// A duration as Go writes it ("6m0s", "20ms", "1h2m3.5s"), or a bare number of seconds, perhaps with a fraction.
/// Rounded up to milliseconds, at most kLongestReset; nothing on anything else.
std::optional<std::chrono::milliseconds> parse_span(std::string_view text) noexcept;

/// `2026-01-02T03:04:05Z` with an optional fraction, or with an offset such as `+02:00` (RFC 3339).
std::optional<SysMicroseconds> parse_rfc3339(std::string_view text) noexcept;

/// How long until a reset that is written as a span, as an epoch in seconds or milliseconds (a number that is too large
/// for a span), as RFC 3339, or as an HTTP date. Never negative, at most kLongestReset.
std::optional<std::chrono::milliseconds> parse_reset(std::string_view text, std::chrono::system_clock::time_point now);

/// The wait that a message names: "try again in 20s", "retry after 6 seconds".
std::optional<std::chrono::milliseconds> wait_in_text(std::string_view text) noexcept;

}  // namespace tidegate::policy
