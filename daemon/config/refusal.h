#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace tidegate::config {

/// A value that is not what its key wants, found by code that knows neither key nor place.
/// what() is `problem; expected …` and never quotes the value: it may be a secret in the wrong line.
class ValueError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A refused text: where (a byte offset into it; the loader turns it into line and column), at which key (may be
/// empty), and `problem; expected …`. Only used between the files of this folder; callers see ConfigError.
class Refusal : public std::runtime_error {
 public:
  Refusal(std::size_t offset, std::string key, const std::string& problem)
      : std::runtime_error(problem), offset_(offset), key_(std::move(key)) {}
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] const std::string& key() const noexcept { return key_; }

 private:
  std::size_t offset_;
  std::string key_;
};

}  // namespace tidegate::config
