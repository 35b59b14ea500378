#include "daemon/upstream/stream_judge.h"

#include <algorithm>
#include <cstring>

#include "daemon/upstream/terminal_line.h"

namespace tidegate::upstream {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kData = "data:";

// Where the line ends, or the bytes' size. Two memchr instead of one find_first_of(), which looks at each byte twice.
std::size_t line_end(std::string_view bytes) noexcept {
  const auto line_feed = std::min(bytes.find('\n'), bytes.size());
  return std::min(bytes.substr(0, line_feed).find('\r'), line_feed);
}

std::string_view value_of(std::string_view line) noexcept {
  line.remove_prefix(std::min(line.find(':') + 1, line.size()));
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

void StreamJudge::feed(std::string_view bytes) {
  const auto end_of_bytes = seen_ + bytes.size();
  if (at_start_) bytes.remove_prefix(skip_byte_order_mark(bytes));
  while (!bytes.empty() && !caught_) {
    if (after_cr_) {  // the LF of a CRLF
      after_cr_ = false;
      if (bytes.front() == '\n') {
        framing_ = "\r\n";
        ++line_start_;
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = line_end(bytes);
    if (end > 0) line_piece(bytes.substr(0, end));
    if (end == bytes.size() || caught_) break;
    after_cr_ = bytes[end] == '\r';
    framing_ = after_cr_ ? "\r" : "\n";
    line_finished();
    if (caught_) break;
    bytes.remove_prefix(end + 1);
    line_start_ = end_of_bytes - bytes.size();
  }
  seen_ = end_of_bytes;
}

std::size_t StreamJudge::skip_byte_order_mark(std::string_view bytes) noexcept {
  std::size_t skipped = 0;
  while (at_start_ && skipped < bytes.size()) {
    if (bytes[skipped] != kByteOrderMark[mark_seen_]) {
      at_start_ = false;
      // It was none, but a line that no field begins.
      if (mark_seen_ > 0) line_piece(kByteOrderMark.substr(0, mark_seen_));
      return skipped;
    }
    ++skipped;
    if (++mark_seen_ == kByteOrderMark.size()) at_start_ = false;
  }
  line_start_ += skipped;
  return skipped;
}

void StreamJudge::line_piece(std::string_view piece) {
  const auto before = length_;
  if (length_ < kKept) std::memcpy(line_.data() + length_, piece.data(), std::min(piece.size(), kKept - length_));
  length_ += piece.size();
  if (kind_ == Line::undecided && length_ >= kData.size()) {
    kind_ = line().starts_with(kData) ? Line::data : Line::other;
    if (kind_ == Line::data) {
      if (data_lines_ > 0) json_.feed("\n", facts_);
      piece.remove_prefix(kData.size() - before);
    }
  }
  if (kind_ != Line::data) return;
  json_.feed(piece, facts_);
  if (guards() && (like_done(line()) == Likeness::yes ||
                   (dialect_ == Dialect::messages && like_message_stop(line()) == Likeness::yes)))
    caught_ = true;
}

void StreamJudge::line_finished() {
  const auto text = line();
  if (text.empty()) {
    if (event_open_) event_finished();
    return line_reset();
  }
  if (kind_ == Line::data || text == "data") {
    ++data_lines_;
    event_is_done_ = event_is_done_ || like_done(text) == Likeness::yes;
  } else if (text.starts_with("event:") && length_ < kKept) {
    if (dialect_ == Dialect::messages && guards() && like_message_stop(text) == Likeness::yes) {
      caught_ = true;
      return;
    }
    name_ = event_type(value_of(text));
  }
  event_open_ = true;
  line_reset();
}

void StreamJudge::line_reset() noexcept {
  length_ = 0;
  kind_ = Line::undecided;
}

void StreamJudge::event_finished() {
  if (data_lines_ > 0) judge_event();
  complete_ = complete_ || (terminal_ && finished());
  event_open_ = event_is_done_ = false;
  data_lines_ = 0;
  name_ = EventType::none;
  json_.reset();
  facts_.reset();
}

void StreamJudge::judge_event() {
  if (event_is_done_) {
    terminal_ = true;
    return;
  }
  json_.feed("\n", facts_);  // the end of a number
  const bool whole = json_.whole();
  if (json_.begun() && !whole) {
    ++malformed_;
    garbled_ = garbled_ || json_.is_object();
  }
  data_seen_ = data_seen_ || (json_.begun() && (whole || !json_.is_object()));
  const auto type = name_ != EventType::none ? name_ : whole ? facts_.type() : EventType::none;
  if (dialect_ == Dialect::unknown) dialect_ = dialect_of(type);
  began_ = began_ || type == EventType::message_part;
  failed_ = failed_ || type == EventType::error || type == EventType::response_failed;
  reason_ = reason_ || type == EventType::response_ended;
  terminal_ = terminal_ || type == EventType::message_stop || type == EventType::response_ended;
  if (!whole) return;
  failed_ = failed_ || facts_.error();
  reason_ = reason_ || facts_.stop_reason();
  choices_ |= facts_.begun();
  finished_choices_ |= facts_.finished();
}

}  // namespace tidegate::upstream
