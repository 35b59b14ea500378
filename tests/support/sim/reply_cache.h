#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/support/sim/reply.h"

namespace tidegate::sim {

/// Keeps the replies to the latest bodies, so that a benchmark that repeats itself costs neither parsing nor writing
/// JSON. Replies depend on nothing but path and body.
class ReplyCache {
 public:
  static constexpr std::size_t kMaxReplies = 256;             ///< then all are forgotten
  static constexpr std::size_t kMaxBody = 4 * 1024 * 1024;    ///< longer bodies are not kept
  static constexpr std::size_t kMaxBytes = 32 * 1024 * 1024;  ///< of all bodies together

  /// Null where this body has not been answered yet. The pointer is good until the next put().
  [[nodiscard]] const Reply* find(std::string_view path, const std::string& body) const;
  void put(std::string_view path, const std::string& body, const Reply& reply);

 private:
  std::unordered_map<std::string, std::unordered_map<std::string, Reply>> by_path_;
  std::size_t replies_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace tidegate::sim
