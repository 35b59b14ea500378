#pragma once

#include <string>
#include <string_view>

namespace tidegate::observe {

/// Appends `text` for a line of a log or a terminal: control characters (C1 ones and line separators too) and bytes
/// that are no UTF-8 become `\n`, `\t`, `\xNN`; backslashes stay, so that ordinary text stays as it is.
void append_text(std::string& to, std::string_view text);

/// Appends `text` as the value of a `key=value` field: in double quotes, with `"` and `\` escaped, where it would not
/// end unmistakably without them.
void append_value(std::string& to, std::string_view text);

/// Appends `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
void append_json(std::string& to, std::string_view text);

/// The length of the UTF-8 character that `text` begins with: 1 to 4; 0 where its first bytes are none (overlong forms,
/// surrogates and what is beyond U+10FFFF included). `text` is not empty.
std::size_t utf8_length(std::string_view text) noexcept;

}  // namespace tidegate::observe
