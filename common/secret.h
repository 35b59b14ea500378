#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tidegate {

/// A key. It cannot be printed or formatted by accident: only reveal() gives the text, so each use can be searched for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

  /// Takes the same time wherever the texts differ; only their lengths may be learnt from it.
  [[nodiscard]] bool equals(std::string_view other) const noexcept;

  /// For configuration snapshots, not for authentication: stops at the first difference.
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

/// What stands in the place of a secret in everything that leaves the process.
inline constexpr std::string_view kRedacted = "[redacted]";

/// `text` with each occurrence of the secret replaced by kRedacted. Secrets shorter than 4 bytes are left: they would
/// match everywhere.
std::string redact(std::string text, const Secret& secret);

}  // namespace tidegate
