// Any lines as the upstream's head: what is accepted can be passed on as it is.
#include <algorithm>

#include "daemon/upstream/response_head.h"
#include "tests/fuzz/fuzz_target.h"

using tidegate::fuzz::inside;
using tidegate::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::string_view kLineBreakers("\0\r\n", 3);
  auto bytes = tidegate::fuzz::view(data, size);
  tidegate::upstream::ResponseHeadParser parser;
  while (!bytes.empty() && !parser.complete()) {
    const auto end = std::min(bytes.find('\n'), bytes.size() - 1);
    if (parser.line(bytes.substr(0, end + 1))) return 0;
    bytes.remove_prefix(end + 1);
  }
  if (!parser.complete()) return 0;
  const auto& head = parser.head();
  require(head.status >= 200 && head.status <= 599, "the status is one of a final answer");
  require(!(head.chunked && head.content_length), "one framing at most");
  require(!head.close_delimited || (!head.chunked && !head.content_length), "an open end has no other");
  require(head.headers.size() <= tidegate::upstream::ResponseHeadParser::kMaxHeaders, "fields are bounded");
  require(head.reason.find_first_of(kLineBreakers) == std::string::npos, "the reason is one line");
  for (const auto& [name, value] : head.headers) {
    require(inside(name, head.raw) && inside(value, head.raw), "fields point into the head");
    require(!name.empty() && name.find_first_of(std::string_view("\0\r\n\t :", 6)) == std::string_view::npos,
            "a name is one token");
    require(value.find_first_of(kLineBreakers) == std::string_view::npos, "a value is one line");
  }
  return 0;
}
