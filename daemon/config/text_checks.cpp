#include "daemon/config/text_checks.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

constexpr bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Decoded {
  std::uint32_t character = 0;
  std::size_t length = 0;  ///< 0: no valid UTF-8 here
};

/// One character, strictly (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
Decoded decode(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t character = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    character = character << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const std::uint32_t smallest = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  if (character < smallest || character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) return {};
  return {character, length};
}

/// C0 and C1 controls, noncharacters and the byte order mark: none has a place in a configuration.
bool is_forbidden(std::uint32_t c) noexcept {
  if (c == '\t' || c == '\n') return false;
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

void check_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto [character, length] = decode(text.substr(at));
    if (length == 0) throw Refusal(at, {}, "the bytes here are no UTF-8; expected a text in UTF-8");
    if (character == '\r') {
      if (at + 1 >= text.size() || text[at + 1] != '\n')
        throw Refusal(at, {}, "a carriage return stands alone; expected lines that end in LF or CR LF");
    } else if (is_forbidden(character)) {
      throw Refusal(at, {},
                    fmt::format("the control character U+{:04X} stands here; expected visible text", character));
    }
    at += length;
  }
}

void check_lines(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    if (line.size() > kMaxLineBytes)
      throw Refusal(begin, {}, fmt::format("the line is too long; expected at most {} bytes", kMaxLineBytes));
    if (line.starts_with('%'))
      throw Refusal(begin, {}, "a YAML directive stands here; expected plain YAML without directives");
    const auto content = line.find_first_not_of(" \t\r");
    const auto tab = line.find('\t');
    // Lines of blanks as well: yaml-cpp takes their tabs in some places only.
    if (tab < content) throw Refusal(begin + tab, {}, "a tab indents this line; expected spaces");
    begin = end + 1;
  }
}

}  // namespace

Place place_at(std::string_view text, std::size_t offset) noexcept {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto newline = before.rfind('\n');
  const auto line = newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          1 + static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) { return !is_continuation(c); }))};
}

std::string_view without_bom(std::string_view text) noexcept {
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  return text;
}

void check_text(std::string_view text) {
  if (text.size() > kMaxFileBytes)
    throw Refusal(kMaxFileBytes, {},
                  fmt::format("the file is larger than {} bytes; expected a smaller one", kMaxFileBytes));
  check_characters(text);
  check_lines(text);
}

}  // namespace tidegate::config
