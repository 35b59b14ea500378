#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate::sim {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request as it came: header names in their own spelling and order, duplicates included.
struct Request {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  bool keep_alive = true;
  bool http10 = false;
  bool expects_continue = false;

  /// The target without its query.
  [[nodiscard]] std::string_view path() const noexcept;
  /// The first field of this name, whatever its case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
  /// The key of `Authorization: Bearer` or `x-api-key`; nothing where neither is there.
  [[nodiscard]] std::optional<std::string_view> api_key() const noexcept;
};

}  // namespace tidegate::sim
