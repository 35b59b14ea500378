#include "cli/render_config.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "common/ascii.h"

namespace tidegate::cli {
namespace {

using nlohmann::ordered_json;

// Words without quotes are the ones that can be nothing but text: they begin with a letter and hold no sign of YAML's.
bool is_plain_word(const std::string& word) {
  constexpr std::array<std::string_view, 8> kOther{"true", "false", "null", "yes", "no", "on", "off", "y"};
  constexpr std::string_view kSigns = "._/-+";
  const auto is_letter = [](char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; };
  if (word.size() < 2 || (!is_letter(word.front()) && word.front() != '/')) return false;
  if (std::any_of(kOther.begin(), kOther.end(), [&](std::string_view other) { return iequals(other, word); }))
    return false;
  return std::all_of(word.begin(), word.end(),
                     [&](char c) { return is_letter(c) || is_digit(c) || kSigns.find(c) != std::string_view::npos; });
}

std::string scalar(const ordered_json& value) {
  if (value.is_string() && is_plain_word(value.get_ref<const std::string&>())) return value.get<std::string>();
  return value.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

bool is_block(const ordered_json& value) { return value.is_structured() && !value.empty(); }

void append(std::string& out, const ordered_json& value, std::size_t indent);

// What follows a dash or a colon: a scalar on the same line, a block beneath.
void append_item(std::string& out, const ordered_json& item, std::size_t indent) {
  if (is_block(item)) {
    out += '\n';
    append(out, item, indent);
    return;
  }
  out += ' ';
  out += scalar(item);
  out += '\n';
}

void append(std::string& out, const ordered_json& value, std::size_t indent) {
  for (const auto& [key, item] : value.items()) {
    const auto begin = out.size() + indent;
    out.append(indent, ' ');
    if (value.is_object()) {
      out += scalar(key);
      out += ':';
      append_item(out, item, indent + 2);
    } else if (is_block(item)) {
      out.resize(begin - indent);
      append(out, item, indent + 2);
      out[begin] = '-';  // the dash stands in the item's own indentation
    } else {
      out += '-';
      append_item(out, item, indent + 2);
    }
  }
}

}  // namespace

std::string to_yaml(const ordered_json& value) {
  if (!is_block(value)) return scalar(value) + "\n";
  std::string out;
  append(out, value, 0);
  return out;
}

std::string render_config(const std::string& body, const View& view) {
  const auto answer = nlohmann::json::parse(body);
  const auto ordered = ordered_json::parse(body);
  const auto config = ordered.find("config");
  std::string out;
  const auto comment = [&](const std::string& words) { out += view.paint(Tone::dim, "# " + words) + "\n"; };
  if (const auto path = text_at(answer, "path"); !path.empty()) comment("in force, from " + short_path(path, view));
  if (const auto digest = text_at(answer, "digest"); !digest.empty()) {
    const auto generation = count_at(answer, "generation");
    comment(fmt::format("digest {}{}", short_digest(digest),
                        generation == 0 ? "" : fmt::format(", generation {}", generation)));
  }
  return out + (config == ordered.end() ? "" : to_yaml(*config));
}

}  // namespace tidegate::cli
