#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

/// Reads `500ms`, `30s`, `10m`, `24h`; a bare number is milliseconds. Nothing on anything else, on a negative
/// number and beyond 10 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

/// The shortest exact spelling that parse_duration reads: `90s`, `1500ms`, `24h`, `0ms`.
std::string format_duration(std::chrono::milliseconds value);

/// For people: `340 ms`, `1.2 s`, `4 min 10 s`, `3 h 2 min`, `5 d 4 h`.
std::string human_duration(std::chrono::milliseconds value);

}  // namespace tidegate
