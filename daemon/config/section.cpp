#include "daemon/config/section.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/ascii.h"
#include "common/duration.h"
#include "daemon/config/schema.h"
#include "daemon/config/secret_source.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

std::string spell(std::uint64_t value) { return fmt::format("{}", value); }

std::string spell_bytes(std::uint64_t value) {
  constexpr std::uint64_t kKi = 1U << 10;
  for (const auto unit : {"", "KiB", "MiB", "GiB"}) {
    if (value == 0 || value % kKi != 0 || std::string_view(unit) == "GiB") return fmt::format("{}{}", value, unit);
    value /= kKi;
  }
  return {};
}

const char* kind_name(const Node& node) {
  switch (node.kind) {
    case NodeKind::null: return "nothing";
    case NodeKind::scalar: return node.quoted ? "a text in quotes" : "a single value";
    case NodeKind::sequence: return "a list";
    case NodeKind::mapping: return "a mapping";
  }
  return "";
}

}  // namespace

Section::Section(const Node* node, std::size_t offset, std::string path, Context& context)
    : node_(node), offset_(offset), path_(std::move(path)), context_(&context) {
  if (node_ == nullptr) return;
  if (node_->kind == NodeKind::null) {
    node_ = nullptr;
    return;
  }
  if (node_->kind != NodeKind::mapping)
    throw Refusal(offset_, path_,
                  fmt::format("{} stands here; expected a mapping with {}", kind_name(*node_),
                              fmt::join(known_keys(path_), ", ")));
  for (const auto& child : node_->children)
    if (const auto problem = refuse_key(path_, child.key); !problem.empty())
      throw Refusal(child.key_offset, name_of(child.key), problem);
}

std::string Section::name_of(std::string_view key) const {
  const auto name = presentable_key(key);
  return path_.empty() ? name : fmt::format("{}.{}", path_, name);
}

void Section::refuse(std::string_view key, const Node& node, const std::string& problem) const {
  auto name = name_of(key);
  if (const auto* list = find(key); list != nullptr)
    for (std::size_t i = 0; i < list->children.size(); ++i)
      if (&list->children[i] == &node) name += fmt::format("[{}]", i);
  throw Refusal(node.offset, std::move(name), problem);
}

void Section::refuse(std::string_view key, const std::string& problem) const {
  throw Refusal(offset_, name_of(key), problem);
}

const Node* Section::find(std::string_view key) const {
  if (node_ == nullptr) return nullptr;
  const auto& children = node_->children;
  const auto found = std::find_if(children.begin(), children.end(), [&](const Node& n) { return n.key == key; });
  return found == children.end() ? nullptr : &*found;
}

const Node& Section::require(std::string_view key, std::string_view expected) const {
  const auto* node = find_scalar(key, expected);
  if (node == nullptr) refuse(key, fmt::format("the key is missing; expected {}", expected));
  return *node;
}

Section Section::section(std::string_view key) const {
  const auto* node = find(key);
  return {node, node == nullptr ? offset_ : node->offset, name_of(key), *context_};
}

const Node* Section::find_scalar(std::string_view key, std::string_view expected) const {
  const auto* node = find(key);
  if (node == nullptr || node->kind == NodeKind::scalar) return node;
  // A key without a value: its own place says more than that of what follows.
  const auto place = node->kind == NodeKind::null ? node->key_offset : node->offset;
  throw Refusal(place, name_of(key), fmt::format("{} stands here; expected {}", kind_name(*node), expected));
}

const Node* Section::find_number(std::string_view key, std::string_view expected) const {
  const auto* node = find_scalar(key, expected);
  if (node != nullptr && node->quoted)
    refuse(key, *node, fmt::format("a text in quotes stands here; expected {} without quotes", expected));
  return node;
}

void Section::text(std::string_view key, std::string& value, std::size_t max_bytes) const {
  const auto expected = fmt::format("a text of 1 to {} bytes", max_bytes);
  const auto* node = find_scalar(key, expected);
  if (node == nullptr) return;
  if (node->text.empty() || node->text.size() > max_bytes)
    refuse(key, *node, fmt::format("the text is {}; expected {}", node->text.empty() ? "empty" : "too long", expected));
  value = node->text;
}

void Section::count(std::string_view key, std::uint32_t& value, Range<std::uint32_t> range) const {
  const auto expected = fmt::format("a whole number from {} to {}", spell(range.min), spell(range.max));
  const auto* node = find_number(key, expected);
  if (node == nullptr) return;
  const auto number = parse_count(node->text);
  if (!number) refuse(key, *node, fmt::format("this is no whole number; expected {}", expected));
  if (*number < range.min || *number > range.max)
    refuse(key, *node, fmt::format("the number is out of range; expected {}", expected));
  value = static_cast<std::uint32_t>(*number);
}

void Section::bytes(std::string_view key, std::uint64_t& value, Range<std::uint64_t> range) const {
  const auto expected = fmt::format("a size in bytes or with KiB, MiB or GiB, from {} to {}", spell_bytes(range.min),
                                    spell_bytes(range.max));
  const auto* node = find_scalar(key, expected);
  if (node == nullptr) return;
  const auto number = parse_bytes(node->text);
  if (!number) refuse(key, *node, fmt::format("this is no size; expected {}", expected));
  if (node->quoted && is_digit(node->text.back()))
    refuse(key, *node, fmt::format("a number in quotes stands here; expected {}", expected));
  if (*number < range.min || *number > range.max)
    refuse(key, *node, fmt::format("the size is out of range; expected {}", expected));
  value = *number;
}

void Section::duration(std::string_view key, milliseconds& value, Range<Milliseconds> range) const {
  const auto expected = fmt::format("milliseconds or a duration such as 500ms, 30s, 10m or 24h, from {} to {}",
                                    format_duration(range.min), format_duration(range.max));
  const auto* node = find_scalar(key, expected);
  if (node == nullptr) return;
  const auto parsed = has_leading_zero(node->text) ? std::nullopt : parse_duration(node->text);
  if (!parsed) refuse(key, *node, fmt::format("this is no duration; expected {}", expected));
  if (node->quoted && is_digit(node->text.back()))
    refuse(key, *node, fmt::format("a number in quotes stands here; expected {}", expected));
  if (*parsed < range.min || *parsed > range.max)
    refuse(key, *node, fmt::format("the duration is out of range; expected {}", expected));
  value = *parsed;
}

void Section::fraction(std::string_view key, double& value) const {
  constexpr std::string_view kExpected = "a decimal number from 0 to 1, such as 0.2";
  const auto* node = find_number(key, kExpected);
  if (node == nullptr) return;
  const auto parsed = parse_fraction(node->text);
  if (!parsed) refuse(key, *node, fmt::format("this is no share; expected {}", kExpected));
  value = *parsed;
}

void Section::file(std::string_view key, std::filesystem::path& value) const {
  constexpr std::string_view kExpected = "the path of a file that begins with / or ~/";
  const auto* node = find_scalar(key, kExpected);
  if (node == nullptr) return;
  const auto& text = node->text;
  value.clear();
  if (text.empty()) return;
  const auto home = text.starts_with("~/") ? home_dir(context_->environment) : std::filesystem::path();
  if (text.size() > kMaxPathBytes)
    refuse(key, *node, fmt::format("the path is too long; expected at most {} bytes", kMaxPathBytes));
  if ((!text.starts_with('/') && home.empty()) || text.ends_with('/'))
    refuse(key, *node, fmt::format("the path is not absolute or no file's; expected {}", kExpected));
  value = home.empty() ? std::filesystem::path(text) : home / text.substr(2);
}

std::optional<std::size_t> Section::choose(std::string_view key, const std::vector<std::string_view>& names) const {
  const auto expected = fmt::format("{}{}", names.size() == 1 ? "" : "one of ", fmt::join(names, ", "));
  const auto* node = find_scalar(key, expected);
  if (node == nullptr) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), node->text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const auto meant = nearest(node->text, names);
  const auto hint = meant.empty() ? std::string() : fmt::format(", did you mean \"{}\"", meant);
  refuse(key, *node, fmt::format("unknown value{}; expected {}", hint, expected));
}

const std::vector<Node>* Section::texts(std::string_view key, std::size_t max) const {
  const auto* node = find(key);
  if (node == nullptr) return nullptr;
  if (node->kind != NodeKind::sequence)
    throw Refusal(node->kind == NodeKind::null ? node->key_offset : node->offset, name_of(key),
                  fmt::format("{} stands here; expected a list", kind_name(*node)));
  if (node->children.size() > max) refuse(key, *node, fmt::format("too many entries; expected at most {}", max));
  for (std::size_t i = 0; i < node->children.size(); ++i)
    if (const auto& entry = node->children[i]; entry.kind != NodeKind::scalar)
      throw Refusal(entry.offset, fmt::format("{}[{}]", name_of(key), i),
                    fmt::format("{} stands here; expected a text", kind_name(entry)));
  return &node->children;
}

std::vector<Section> Section::sections(std::string_view key, std::size_t max) const {
  std::vector<Section> sections;
  const auto* node = find(key);
  if (node == nullptr || node->kind == NodeKind::null) return sections;
  if (node->kind != NodeKind::sequence)
    refuse(key, *node, fmt::format("{} stands here; expected a list of mappings", kind_name(*node)));
  if (node->children.size() > max) refuse(key, *node, fmt::format("too many entries; expected at most {}", max));
  for (const auto& child : node->children)
    sections.push_back({&child, child.offset, fmt::format("{}[{}]", name_of(key), sections.size()), *context_});
  return sections;
}

Secret Section::secret(std::string_view key) const {
  const auto& node = require(key, "the key, ${NAME} or file:/PATH");
  auto resolved = read(key, node, [&](const std::string& text) { return resolve_secret(text, context_->environment); });
  if (resolved.origin == SecretOrigin::plain) context_->plain_key = true;
  if (resolved.exposed)
    context_->warnings.push_back({"key_file_readable_by_others",
                                  fmt::format("others can read the key's file of {}: chmod 600 '{}'", name_of(key),
                                              printable(node.text.substr(node.text.find('/')), kMaxPathBytes))});
  return std::move(resolved.secret);
}

}  // namespace tidegate::config
