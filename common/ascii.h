#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

/// ASCII only, as protocol grammars want it: no locale.
constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether two texts are equal but for the case of ASCII letters.
bool iequals_same_size(std::string_view a, std::string_view b) noexcept;
inline bool iequals(std::string_view a, std::string_view b) noexcept {
  // Most texts that are compared differ in their length or first byte, and are told apart without a call. Bytes that
  // are equal but for their case differ in bit 5 at most.
  if (a.size() != b.size()) return false;
  return a.empty() || (((a.front() ^ b.front()) & ~0x20) == 0 && iequals_same_size(a, b));
}

/// Whether `text` begins with `prefix`, whatever the case of ASCII letters.
inline bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string to_lower(std::string_view text);

/// Without the blanks and tabs (HTTP's OWS) at both ends.
std::string_view trim(std::string_view text) noexcept;

/// Whether the comma-separated list of a header field (RFC 9110 §5.6.1) names `token`, whatever its case.
bool list_contains(std::string_view list, std::string_view token) noexcept;

/// A whole unsigned decimal number, digits only; nothing on anything else and on overflow.
std::optional<std::uint64_t> parse_u64(std::string_view text) noexcept;

/// `text` for a terminal or a log line: control bytes become `\xNN`, and it is cut at `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace tidegate
