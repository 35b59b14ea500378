#include "daemon/config/yaml_tree.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "common/ascii.h"
#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

constexpr std::string_view kAnchor =
    "a YAML anchor or alias stands here; expected a value in quotes or without & and *";
constexpr std::string_view kUnclosedQuote = "the quote is not closed; expected its end on the same line";

/// The end (one past) of the quoted text that begins at `at`; nothing where its line ends first.
std::optional<std::size_t> quote_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (auto i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return i + 1;
      ++i;  // '' stands for one apostrophe
    }
  }
  return std::nullopt;
}

std::size_t offset_of(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }

/// Builds the tree from yaml-cpp's events, so that nothing is lost that its own node type forgets: doubled keys,
/// quotes, anchors, the way a null was written. Each check throws before yaml-cpp goes deeper.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, Node& root) : text_(text), root_(root) {}

  [[nodiscard]] std::size_t last_offset() const noexcept { return last_offset_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      throw Refusal(offset_of(mark), {}, "the first YAML document ends here and more follows; expected one");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override { refuse_anchor(offset_of(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { refuse_anchor(offset_of(mark)); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto at = begin(mark, {}, anchor);
    if (wants_key()) refuse(at, "a key is missing; expected KEY: VALUE");
    place(NodeKind::null, at);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const auto at = begin(mark, tag, anchor);
    const auto end = check_scalar(at, value);
    if (wants_key()) return open_entry(at, end, value);
    auto& node = place(NodeKind::scalar, at);
    node.quoted = text_[at] == '"' || text_[at] == '\'';
    node.text = value;
    last_offset_ = end;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(NodeKind::sequence, begin(mark, tag, anchor));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(NodeKind::mapping, begin(mark, tag, anchor));
  }
  void OnSequenceEnd() override { frames_.pop_back(); }
  void OnMapEnd() override { frames_.pop_back(); }

 private:
  struct Frame {
    Node* node;
    bool key_read;  ///< a mapping's last child has its key and waits for its value
  };

  [[nodiscard]] bool wants_key() const {
    return !frames_.empty() && frames_.back().node->kind == NodeKind::mapping && !frames_.back().key_read;
  }

  [[noreturn]] void refuse(std::size_t at, const std::string& problem) const { throw Refusal(at, path(), problem); }
  [[noreturn]] void refuse_anchor(std::size_t at) const { refuse(at, std::string(kAnchor)); }

  /// The dotted name of what is being read.
  [[nodiscard]] std::string path() const {
    std::string out;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      const auto& [node, key_read] = frames_[i];
      const bool inner_follows = i + 1 < frames_.size();
      if (node->kind == NodeKind::sequence)
        out += fmt::format("[{}]", node->children.size() - (inner_follows ? 1 : 0));
      else if (inner_follows || key_read)
        out += (out.empty() ? "" : ".") + presentable_key(node->children.back().key);
    }
    return out;
  }

  /// What holds for every value: where it begins, and that it has neither anchor nor tag.
  std::size_t begin(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
    const auto at = offset_of(mark);
    const char first = at < text_.size() ? text_[at] : '\n';
    if (anchor != 0 || first == '&' || first == '*') refuse_anchor(at);
    if (first == '!' || (!tag.empty() && tag != "?" && tag != "!"))
      refuse(at, "a YAML tag stands here; expected a value without a tag");
    last_offset_ = at;
    return at;
  }

  /// The end of a scalar on its line. A value over several lines is nearly always a forgotten quote or a wrong indent.
  std::size_t check_scalar(std::size_t at, const std::string& value) const {
    if (at >= text_.size()) refuse(at, "the text ends too early; expected a value");
    if (text_[at] == '|' || text_[at] == '>') refuse(at, "a block of lines stands here; expected a value on one line");
    if (text_[at] == '"' || text_[at] == '\'') {
      const auto end = quote_end(text_, at);
      if (!end) refuse(at, std::string(kUnclosedQuote));
      if (*end < text_.size() && std::string_view(" \t\r\n:,]}").find(text_[*end]) == std::string_view::npos)
        refuse(*end, "text follows the closing quote; expected the end of the value");
      if (std::any_of(value.begin(), value.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        refuse(at, "an escape in the quotes makes a control character; expected visible text");
      return *end;
    }
    if (text_.substr(at, value.size()) != value)
      refuse(at, "the value goes on in the next line; expected it on one line, and quotes and brackets closed");
    return at + value.size();
  }

  void open_entry(std::size_t at, std::size_t end, const std::string& key) {
    auto& [node, key_read] = frames_.back();
    const auto colon = text_.find_first_not_of(" \t", end);
    const bool doubled =
        std::any_of(node->children.begin(), node->children.end(), [&](const Node& n) { return n.key == key; });
    // Before it is taken as a key: without a colon it may as well be a value, which no message may show.
    if (colon == std::string_view::npos || text_[colon] != ':')
      refuse(at, "no colon follows; expected KEY: VALUE, and brackets closed");
    check_room(at, *node);
    node->children.emplace_back();
    node->children.back().key = key;
    node->children.back().key_offset = at;
    key_read = true;
    last_offset_ = end;
    if (doubled) refuse(at, "the key is here twice; expected each key once");
  }

  void check_room(std::size_t at, const Node& node) const {
    if (node.children.size() >= kMaxEntries)
      refuse(at, fmt::format("too many entries; expected at most {}", kMaxEntries));
  }

  Node& place(NodeKind kind, std::size_t at) {
    Node* node = &root_;
    if (!frames_.empty()) {
      auto& [parent, key_read] = frames_.back();
      if (parent->kind == NodeKind::sequence) {
        check_room(at, *parent);
        parent->children.emplace_back();
      }
      key_read = false;
      node = &parent->children.back();
    }
    node->kind = kind;
    node->offset = at;
    return *node;
  }

  void open(NodeKind kind, std::size_t at) {
    if (wants_key()) refuse(at, "a list or mapping stands where a key must; expected KEY: VALUE");
    if (frames_.size() >= kMaxNesting)
      throw Refusal(at, {}, fmt::format("nested too deeply; expected at most {} levels", kMaxNesting));
    auto& node = place(kind, at);
    frames_.push_back({&node, false});
  }

  std::string_view text_;
  Node& root_;
  std::vector<Frame> frames_;
  std::size_t last_offset_ = 0;
  int documents_ = 0;
};

/// The first quote from `from` on that its line does not close; comments are skipped.
std::optional<std::size_t> find_unclosed_quote(std::string_view text, std::size_t from, std::size_t to) {
  for (auto i = from; i < std::min(to, text.size()); ++i) {
    if (text[i] == '#' && i > 0 && (text[i - 1] == ' ' || text[i - 1] == '\n')) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text[i] == '"' || text[i] == '\'') {
      const auto end = quote_end(text, i);
      if (!end) return i;
      i = *end - 1;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string presentable_key(std::string_view key) {
  constexpr std::size_t kLongest = 24;
  const auto letter = [](char c) { return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_'; };
  const bool name = !key.empty() && key.size() <= kLongest && letter(key.front()) &&
                    std::all_of(key.begin(), key.end(), [&](char c) { return letter(c) || is_digit(c); });
  return name ? std::string(key) : "?";
}

Node parse_yaml(std::string_view text) {
  Node root;
  TreeBuilder builder(text, root);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const auto at = offset_of(error.mark);
    if (const auto quote = find_unclosed_quote(text, builder.last_offset(), at))
      throw Refusal(*quote, {}, std::string(kUnclosedQuote));
    if (at < text.size() && text[at] == '*') throw Refusal(at, {}, std::string(kAnchor));
    throw Refusal(at, {}, fmt::format("no valid YAML ({}); expected KEY: VALUE lines", printable(error.msg)));
  }
  return root;
}

}  // namespace tidegate::config
