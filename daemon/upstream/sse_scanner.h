#pragma once

#include <array>
#include <string_view>

namespace tidegate::upstream {

/// Follows the lines of a passing event stream (WHATWG HTML §9.2) without changing, copying or delaying it: is the
/// last byte at the end of an event, and has the stream's terminal event passed? Knows the three dialects' ends:
/// `data: [DONE]` (chat completions), `response.completed|failed|incomplete|cancelled` (responses), `message_stop`
/// (messages). Constant memory, whatever the length of a line.
class SseScanner {
 public:
  void feed(std::string_view bytes);

  /// Nothing is open: a further event may be written here.
  [[nodiscard]] bool at_event_boundary() const noexcept { return line_empty_ && !event_open_; }
  /// The terminal event has passed whole.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

 private:
  void line_finished();

  static constexpr std::size_t kKept = 64;  // bytes of each line that are looked at
  std::array<char, kKept> line_{};
  std::size_t length_ = 0;
  bool line_empty_ = true;
  bool event_open_ = false;
  bool terminal_seen_ = false;
  bool ended_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
};

}  // namespace tidegate::upstream
