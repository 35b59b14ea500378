#include "cli/text.h"

#include <fmt/format.h>

#include "cli/utf8.h"
#include "common/ascii.h"

namespace tidegate::cli {
namespace {

constexpr std::string_view kCut = "…";

// printable() knows ASCII's controls; this adds what only shows once the bytes are read as UTF-8.
void append_clean(std::string& out, std::string_view bytes, char32_t code) {
  if (bytes.size() == 1 && static_cast<unsigned char>(bytes.front()) < 0x80)
    out += printable(bytes);
  else if (is_control(code))
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(code));
  else
    out += bytes;
}

// Takes one character off the front of `text` and appends its harmless form.
void take_clean(std::string& out, std::string_view& text) {
  const auto [code, length] = decode_utf8(text);
  if (length == 0) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
    return;
  }
  append_clean(out, text.substr(0, length), code);
  text.remove_prefix(length);
}

// How many bytes of `text` fill at most `width` columns.
std::size_t prefix_of_columns(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const auto [code, length] = decode_utf8(text.substr(bytes));
    used += length == 0 ? 1 : char_columns(code);
    if (used > width) break;
    bytes += length == 0 ? 1 : length;
  }
  return bytes;
}

}  // namespace

std::string clean(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    if (characters == limit) return out.append(kCut);
    take_clean(out, text);
  }
  return out;
}

std::string clean_block(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.substr(0, 2) == "\r\n") text.remove_prefix(1);
    if (text.front() == '\n' || text.front() == '\t') {
      out += text.front();
      text.remove_prefix(1);
    } else {
      take_clean(out, text);
    }
  }
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t total = 0;
  while (!text.empty()) {
    const auto [code, length] = decode_utf8(text);
    total += length == 0 ? 1 : char_columns(code);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return total;
}

std::string fit(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string out(text.substr(0, prefix_of_columns(text, width - 1)));
  out += kCut;
  return out;
}

std::string pad(std::string_view text, std::size_t width) {
  const auto used = columns(text);
  std::string out(text);
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string pad_left(std::string_view text, std::size_t width) {
  const auto used = columns(text);
  std::string out;
  if (used < width) out.append(width - used, ' ');
  out += text;
  return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    if (!lines.back().empty() && columns(lines.back()) + 1 + columns(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank + 1);
  }
  return lines;
}

std::string grouped(std::uint64_t value) {
  auto digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"kB", "MB", "GB", "TB"}) {
    if (value < 999.5) break;
    value /= 1'000;
    unit = next;
  }
  return value < 9.95 ? fmt::format("{:.1f} {}", value, unit) : fmt::format("{:.0f} {}", value, unit);
}

}  // namespace tidegate::cli
