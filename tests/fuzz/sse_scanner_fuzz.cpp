// Any bytes as an event stream: the same is seen however they are split, and it is what the standard's text says.
#include <algorithm>
#include <string>

#include "daemon/upstream/sse_scanner.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using tidegate::fuzz::require;
using tidegate::upstream::SseScanner;

struct Seen {
  bool ended = false;
  bool boundary = true;
};

// WHATWG HTML §9.2.6 by the letter, over the whole text at once.
Seen reference(std::string_view text) {
  Seen seen;
  bool terminal = false;
  bool event_open = false;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    auto line = text.substr(0, end);
    text.remove_prefix(text.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
    if (first && line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);
    first = false;
    if (line.empty()) {
      seen.ended = seen.ended || terminal;
      event_open = false;
      continue;
    }
    event_open = true;
    for (const std::string_view value :
         {"data:[DONE]", "event:response.completed", "event:response.failed", "event:response.incomplete",
          "event:response.cancelled", "event:message_stop"}) {
      const auto colon = value.find(':') + 1;
      const bool spaced = line.substr(0, colon) == value.substr(0, colon) && line.substr(colon, 1) == " " &&
                          line.substr(colon + 1) == value.substr(colon);
      terminal = terminal || line == value || spaced;
    }
  }
  seen.boundary = text.empty() && !event_open;
  return seen;
}

Seen scan(std::string_view text, std::size_t piece) {
  SseScanner scanner;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) scanner.feed(text.substr(0, piece));
  return {scanner.ended(), scanner.at_event_boundary()};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto text = tidegate::fuzz::view(data + 1, size - 1);
  const auto expected = reference(text);
  for (const auto piece : {std::max<std::size_t>(text.size(), 1), std::size_t{1}, std::size_t{2} + data[0] % 128}) {
    const auto seen = scan(text, piece);
    require(seen.ended == expected.ended, "the terminal event is seen");
    require(seen.boundary == expected.boundary, "the end of an event is seen");
  }
  return 0;
}
