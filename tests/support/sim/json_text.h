#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace tidegate::sim {

using Json = nlohmann::ordered_json;

/// Appends `text` as it stands inside a JSON string, without the quotes.
void append_escaped(std::string& out, std::string_view text);

/// The value as compact JSON; bytes that are no UTF-8 become U+FFFD.
std::string to_text(const Json& value);

}  // namespace tidegate::sim
