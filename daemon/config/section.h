#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/paths.h"
#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"
#include "daemon/config/settings.h"
#include "daemon/config/yaml_tree.h"

namespace tidegate::config {

/// What reading gathers besides the settings.
struct Context {
  Environment environment;
  std::vector<Warning> warnings;
  bool plain_key = false;  ///< a key stands in the file itself
};

/// Typed access to one mapping of the file. Made only where all its keys are known; a section that is absent or empty
/// leaves every default as it is. Every refusal names the key and its place; none quotes a value.
class Section {
 public:
  /// The file's top.
  Section(const Node& root, Context& context) : Section(&root, root.offset, "", context) {}

  [[nodiscard]] Section section(std::string_view key) const;

  /// nullptr where the key is absent. A key without a value is refused, except for sections.
  [[nodiscard]] const Node* find(std::string_view key) const;
  const Node& require(std::string_view key, std::string_view expected) const;

  /// Each of these changes `value` only where the key is there.
  void text(std::string_view key, std::string& value, std::size_t max_bytes) const;
  void count(std::string_view key, std::uint32_t& value, Range<std::uint32_t> range) const;
  void bytes(std::string_view key, std::uint64_t& value, Range<std::uint64_t> range) const;
  void duration(std::string_view key, milliseconds& value, Range<Milliseconds> range) const;
  void fraction(std::string_view key, double& value) const;
  void file(std::string_view key,
            std::filesystem::path& value) const;  ///< absolute, or below the home with `~/`; "" is none
  template <class Enum>
  void choice(std::string_view key, Enum& value,
              std::initializer_list<std::pair<std::string_view, Enum>> choices) const {
    std::vector<std::string_view> names;
    for (const auto& [name, meaning] : choices) names.push_back(name);
    if (const auto chosen = choose(key, names)) value = (choices.begin() + *chosen)->second;
  }

  /// The entries of a list of mappings, each as a section of its own.
  [[nodiscard]] std::vector<Section> sections(std::string_view key, std::size_t max) const;
  /// The entries of a list of texts; nothing where the key is absent.
  [[nodiscard]] const std::vector<Node>* texts(std::string_view key, std::size_t max) const;

  /// The required secret at `key`; notes in the context where it came from.
  [[nodiscard]] Secret secret(std::string_view key) const;

  /// Which of the names stands at `key`; nothing where the key is absent.
  [[nodiscard]] std::optional<std::size_t> choose(std::string_view key,
                                                  const std::vector<std::string_view>& names) const;

  /// Runs `parse(text)` and gives a ValueError from it the key's name and place.
  template <class Parse>
  auto read(std::string_view key, const Node& node, Parse parse) const {
    try {
      return parse(node.text);
    } catch (const ValueError& error) {
      refuse(key, node, error.what());
    }
  }

  /// `node` is the key's value or an entry of its list.
  [[noreturn]] void refuse(std::string_view key, const Node& node, const std::string& problem) const;
  /// Where the key is absent: at this section itself.
  [[noreturn]] void refuse(std::string_view key, const std::string& problem) const;

  [[nodiscard]] Context& context() const noexcept { return *context_; }

 private:
  Section(const Node* node, std::size_t offset, std::string path, Context& context);
  [[nodiscard]] std::string name_of(std::string_view key) const;
  [[nodiscard]] const Node* find_scalar(std::string_view key, std::string_view expected) const;
  [[nodiscard]] const Node* find_number(std::string_view key, std::string_view expected) const;

  const Node* node_;    ///< nullptr: absent or empty
  std::size_t offset_;  ///< where it is, or where its nearest parent is
  std::string path_;
  Context* context_;
};

/// One function for each section of the file; each fills in what the file says over the defaults.
void read_llm(const Section& top, Llm& llm);
void read_gateway(const Section& top, Gateway& gateway);
void read_upstream(const Section& top, Upstream& upstream);
void read_queue(const Section& top, Queue& queue);
void read_retry(const Section& top, Retry& retry);
void read_log(const Section& top, Log& log);

}  // namespace tidegate::config
