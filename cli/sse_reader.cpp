#include "cli/sse_reader.h"

namespace tidegate::cli {

bool SseReader::feed(std::string_view bytes) {
  while (!bytes.empty() && !too_large_) {
    if (after_cr_ && bytes.front() == '\n')
      bytes.remove_prefix(1);  // the LF of a CR LF whose CR ended the line already
    after_cr_ = false;
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    if (part.size() + line_.size() + event_.data.size() > kMaxEvent) {
      too_large_ = true;
      break;
    }
    line_ += part;
    if (end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line();
  }
  return !too_large_;
}

void SseReader::end_line() {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view line = line_;
  if (first_line_ && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) line.remove_prefix(kByteOrderMark.size());
  first_line_ = false;
  if (line.empty())
    dispatch();
  else
    take_line(line);
  line_.clear();
}

void SseReader::take_line(std::string_view line) {
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (field == "event") {
    event_.name = value;
  }  // comments (an empty field), id, retry and unknown fields mean nothing here
}

void SseReader::dispatch() {
  const SseEvent event = std::move(event_);
  event_ = {};
  const bool wanted = has_data_;
  has_data_ = false;
  if (wanted) handler_(event);
}

}  // namespace tidegate::cli
