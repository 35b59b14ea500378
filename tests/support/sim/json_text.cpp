#include "tests/support/sim/json_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tidegate::sim {

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  while (!text.empty()) {
    const auto special = std::find_if(
        text.begin(), text.end(), [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
    const auto clean = static_cast<std::size_t>(special - text.begin());
    out += text.substr(0, clean);
    if (clean == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[clean]);
    out += '\\';
    if (byte >= 0x20) {
      out += text[clean];
    } else {
      out += "u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15U];
    }
    text.remove_prefix(clean + 1);
  }
}

std::string to_text(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace tidegate::sim
