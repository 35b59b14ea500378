#pragma once

#include <string>
#include <string_view>

namespace tidegate {

/// The text as a JSON string token, quotes included. Bytes that are no UTF-8 become U+FFFD: the result is always JSON.
std::string json_quote(std::string_view text);

/// Whether the text is one whole JSON value (RFC 8259).
bool is_json(std::string_view text);

}  // namespace tidegate
