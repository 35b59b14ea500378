#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/error.h"

namespace tidegate::http {

/// Decodes a chunked request body (RFC 9112 §7.1) with Boost.Beast's parser; extensions and trailers are bounded and
/// ignored. Bytes that feed() leaves unconsumed come again, with more behind them, in the next call.
class ChunkedBody {
 public:
  explicit ChunkedBody(std::uint64_t max_body);
  ~ChunkedBody();

  /// Appends decoded bytes to `body` and returns how many of `bytes` were used up.
  Result<std::size_t> feed(std::string_view bytes, std::string& body);

  [[nodiscard]] bool done() const noexcept;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace tidegate::http
