#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tidegate::cli {

/// One event of a text/event-stream.
struct SseEvent {
  std::string name;  ///< `event:`; empty means "message"
  std::string data;  ///< the `data:` lines, joined by line feeds
};

/// Cuts a byte stream into events, as the HTML standard's "Interpreting an event stream" says: lines end in LF, CR or
/// CR LF, wherever the chunks are cut; a byte order mark and comments are skipped; an event that no empty line ended
/// is not delivered. Holds at most kMaxEvent bytes.
class SseReader {
 public:
  using Handler = std::function<void(const SseEvent&)>;
  static constexpr std::size_t kMaxEvent = 16U << 20;

  explicit SseReader(Handler handler) : handler_(std::move(handler)) {}

  /// False once an event is larger than kMaxEvent; nothing is read from then on.
  bool feed(std::string_view bytes);

 private:
  void end_line();
  void take_line(std::string_view line);
  void dispatch();

  Handler handler_;
  SseEvent event_;
  std::string line_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
  bool too_large_ = false;
};

}  // namespace tidegate::cli
