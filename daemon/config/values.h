#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::config {

/// A whole decimal number as a person writes it: digits only. `010` is refused, it would be 8 in other YAML readers.
std::optional<std::uint64_t> parse_count(std::string_view text) noexcept;

/// `1048576`, `512KiB`, `64MiB` or `1GiB`, in bytes.
std::optional<std::uint64_t> parse_bytes(std::string_view text) noexcept;

/// A decimal number from 0 to 1: `0`, `1`, `0.25`; at most six digits after the point.
std::optional<double> parse_fraction(std::string_view text) noexcept;

/// Whether the number at the front has a zero too many.
bool has_leading_zero(std::string_view text) noexcept;

/// `[A-Za-z0-9._-]{1,64}`: what may stand in a header and a file name as it is.
bool is_token(std::string_view text) noexcept;

/// Printable ASCII without blanks, at least one byte.
bool is_visible_ascii(std::string_view text) noexcept;

/// How many single-byte edits lead from one text to the other, whatever the case; for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace tidegate::config
