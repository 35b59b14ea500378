#pragma once

#include <cstddef>
#include <string_view>

namespace tidegate::config {

/// Both count from 1; a column is one Unicode character.
struct Place {
  int line = 0;
  int column = 0;
};

/// Where the byte at `offset` stands in a valid UTF-8 text; beyond the end it is the place after the last byte.
Place place_at(std::string_view text, std::size_t offset) noexcept;

/// The text without a UTF-8 byte order mark.
std::string_view without_bom(std::string_view text) noexcept;

/// Refuses what yaml-cpp would take without a word or misread: too large, invalid UTF-8 (UTF-16 too), control bytes, a
/// byte order mark inside, lone carriage returns, tabs that
/// indent, directives, and lines over kMaxLineBytes. Throws Refusal.
void check_text(std::string_view text);

}  // namespace tidegate::config
