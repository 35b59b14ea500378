#pragma once

#include <cstddef>
#include <string_view>

namespace tidegate::cli {

/// The character at the beginning of a text.
struct Decoded {
  char32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0: the text does not begin with valid UTF-8
};

/// Strict: no overlong forms, no surrogates, nothing beyond U+10FFFF.
Decoded decode_utf8(std::string_view text) noexcept;

/// Columns that a terminal gives the character: 0, 1 or 2.
std::size_t char_columns(char32_t code) noexcept;

/// Whether the character controls a terminal or reorders or hides what stands beside it: C0, DEL, C1, bidirectional
/// marks, line and paragraph separators, zero-width ones (but for the joiners that scripts and emoji need).
bool is_control(char32_t code) noexcept;

}  // namespace tidegate::cli
