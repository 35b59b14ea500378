#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

enum class NodeKind { null, scalar, sequence, mapping };

/// One value of the file, with all that the later checks want to know about how it was written.
struct Node {
  NodeKind kind = NodeKind::null;
  std::size_t offset = 0;      ///< byte in the text at which the value begins
  bool quoted = false;         ///< a scalar in quotes is text, whatever is in them
  std::string text;            ///< of a scalar
  std::string key;             ///< where the parent is a mapping
  std::size_t key_offset = 0;  ///< likewise
  std::vector<Node> children;  ///< of a sequence or mapping, in the file's order
};

/// Reads one document of plain YAML; throws Refusal on everything else: no document or more than one, anchors, aliases,
/// tags, doubled keys, keys that are no text, values over several lines, quotes that are not closed on their line, more
/// than kMaxNesting levels or kMaxEntries entries. `text` has passed check_text.
Node parse_yaml(std::string_view text);

/// `key` where it looks like a name of this file; "?" where it does not, because it may be a secret in the wrong place.
std::string presentable_key(std::string_view key);

}  // namespace tidegate::config
