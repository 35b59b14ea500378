#include "daemon/observe/log_escape.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace tidegate::observe {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }

bool continues(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && (byte_at(text, at) & 0xC0) == 0x80;
}

// U+0080 to U+009F: some terminals take these for control sequences. U+2028 and U+2029 end a line for some readers.
bool is_control(std::string_view character) noexcept {
  if (character.size() == 1) return byte_at(character, 0) < 0x20 || byte_at(character, 0) == 0x7F;
  if (character.size() == 2) return byte_at(character, 0) == 0xC2 && byte_at(character, 1) < 0xA0;
  return character == "\u2028" || character == "\u2029";
}

void append_hex(std::string& to, std::string_view bytes) {
  for (const char c : bytes) fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(c));
}

void append_control(std::string& to, std::string_view character) {
  if (character == "\n") {
    to += "\\n";
  } else if (character == "\t") {
    to += "\\t";
  } else if (character == "\r") {
    to += "\\r";
  } else {
    append_hex(to, character);
  }
}

// Bytes that stand for themselves, inside quotes too. No function: it is looked at for each byte of each line.
constexpr auto is_plain = [](char c) noexcept { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };

void append_escaped(std::string& to, std::string_view text, bool quoted) {
  while (!text.empty()) {
    // Nearly all text is plain: taken in one piece.
    const auto plain = std::find_if_not(text.begin(), text.end(), is_plain);
    if (plain != text.begin()) {
      const auto count = static_cast<std::size_t>(plain - text.begin());
      to += text.substr(0, count);
      text.remove_prefix(count);
      continue;
    }
    const auto length = utf8_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(character.size());
    if (length == 0) {
      append_hex(to, character);
    } else if (is_control(character)) {
      append_control(to, character);
    } else {
      if (quoted && (character == "\"" || character == "\\")) to += '\\';
      to += character;
    }
  }
}

bool needs_quotes(std::string_view text) noexcept {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F || c == '"' ||
                  c == '\\' || c == '=';
         });
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(text, 1)) return 0;
  if (first < 0xE0) return 2;
  const unsigned second = byte_at(text, 1);
  if (first < 0xF0) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return continues(text, 2) ? 3 : 0;
  }
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return continues(text, 2) && continues(text, 3) ? 4 : 0;
}

void append_text(std::string& to, std::string_view text) { append_escaped(to, text, false); }

void append_value(std::string& to, std::string_view text) {
  if (!needs_quotes(text)) {
    to += text;
    return;
  }
  to += '"';
  append_escaped(to, text, true);
  to += '"';
}

void append_json(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(character.size());
    if (length == 0) {
      to += "\uFFFD";
    } else if (character == "\"" || character == "\\") {
      to += '\\';
      to += character;
    } else if (character == "\n") {
      to += "\\n";
    } else if (is_control(character)) {
      const unsigned code = character.size() == 1   ? byte_at(character, 0)
                            : character.size() == 2 ? byte_at(character, 1)  // U+0080 to U+009F are C2 80 to C2 9F
                                                    : 0x2000 + (byte_at(character, 2) & 0x3F);
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", code);
    } else {
      to += character;
    }
  }
  to += '"';
}

}  // namespace tidegate::observe
