#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/sim/request.h"

namespace tidegate::sim {

inline constexpr std::size_t kMaxHead = std::size_t{1} << 20;  ///< bytes of a request's head
inline constexpr std::size_t kMaxBody = std::size_t{1} << 28;  ///< bytes of a request's body

/// Reads one HTTP/1.1 request from bytes as they arrive.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class State { head, body, done, failed };

  /// Takes what it can use of `bytes` and says how much that was; the rest is to be offered again with more behind it.
  std::size_t feed(std::string_view bytes);
  [[nodiscard]] State state() const noexcept;
  /// One line that says why it failed.
  [[nodiscard]] std::string failure() const;
  /// The request; whole once the state is done.
  [[nodiscard]] const std::shared_ptr<Request>& request() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::sim
