#include "daemon/upstream/sse_scanner.h"

#include <algorithm>
#include <cstring>

namespace tidegate::upstream {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Where the line ends, or the bytes' size. Two memchr instead of one find_first_of(), which looks at each byte twice.
std::size_t line_end(std::string_view bytes) noexcept {
  const auto line_feed = std::min(bytes.find('\n'), bytes.size());
  return std::min(bytes.substr(0, line_feed).find('\r'), line_feed);
}

bool is_terminal(std::string_view field, std::string_view value) noexcept {
  if (field == "data") return value == "[DONE]";
  return field == "event" &&
         (value == "response.completed" || value == "response.failed" || value == "response.incomplete" ||
          value == "response.cancelled" || value == "message_stop");
}

}  // namespace

void SseScanner::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_) {  // the LF of a CRLF
      after_cr_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = line_end(bytes);
    if (end > 0) {
      const auto kept = std::min(end, kKept - length_);
      std::memcpy(line_.data() + length_, bytes.data(), kept);
      length_ += kept;
      line_empty_ = false;
    }
    if (end == bytes.size()) return;
    after_cr_ = bytes[end] == '\r';
    line_finished();
    bytes.remove_prefix(end + 1);
  }
}

void SseScanner::line_finished() {
  std::string_view line(line_.data(), length_);
  if (first_line_ && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) {
    ended_ = ended_ || terminal_seen_;
    event_open_ = false;
  } else {
    event_open_ = true;
    const auto colon = line.find(':');
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (length_ < kKept && is_terminal(line.substr(0, colon), value)) terminal_seen_ = true;
  }
  first_line_ = false;
  line_empty_ = true;
  length_ = 0;
}

}  // namespace tidegate::upstream
