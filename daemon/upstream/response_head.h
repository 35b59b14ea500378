#pragma once

#include <optional>
#include <string_view>

#include "common/error.h"
#include "daemon/upstream/transport.h"

namespace tidegate::upstream {

/// Collects the header lines of an answer, informational (1xx) heads skipped, and judges the result: status 200 to
/// 599, one length at most, a bounded head. Pure; fuzzed.
class ResponseHeadParser {
 public:
  static constexpr std::size_t kMaxHead = std::size_t{64} << 10;  ///< bytes, informational heads included
  static constexpr std::size_t kMaxHeaders = 256;

  /// One line as libcurl hands it over, with its line end. Returns an error where the head must be refused.
  std::optional<Error> line(std::string_view text);

  /// The final head is whole; later lines are trailers and ignored.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] const ResponseHead& head() const noexcept { return head_; }

  void clear();

 private:
  static constexpr std::size_t kUsualHead = 768;  // room that most heads fit into
  static constexpr std::size_t kUsualHeaders = 24;

  std::optional<Error> status_line(std::string_view text);
  std::optional<Error> finish();
  std::optional<Error> framing(std::string_view name, std::string_view value);

  struct Span {
    std::size_t name, name_size, value, value_size;
  };

  ResponseHead head_;
  std::vector<Span> spans_;  // offsets into raw, which still grows
  std::size_t seen_ = 0;
  bool complete_ = false;
};

}  // namespace tidegate::upstream
