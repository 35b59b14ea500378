// Any bytes as a request: what is accepted leaves no doubt where it ends and for whom it is.
#include <algorithm>

#include "daemon/http/limits.h"
#include "daemon/http/request_parser.h"
#include "tests/fuzz/fuzz_target.h"

using tidegate::fuzz::inside;
using tidegate::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidegate::http;
  const auto bytes = tidegate::fuzz::view(data, size);
  const auto end = find_head_end(bytes, 0);
  require(end <= bytes.size(), "the head's end is in the bytes");
  // However the bytes came, the end is the same.
  for (std::size_t first = 0; first < std::min<std::size_t>(size, 96); ++first) {
    const auto early = find_head_end(bytes.substr(0, first), 0);
    require(early == 0 || early == end, "an early end is the end");
    require(early != 0 || find_head_end(bytes, first) == end, "the end does not depend on the pieces");
  }
  if (end == 0 || end > Limits::kMaxHead) return 0;

  RequestHead head;
  head.raw.assign(bytes.substr(0, end));
  if (!parse_request_head(head)) return 0;
  for (const auto part : {head.method, head.target, head.path, head.query, head.host})
    require(inside(part, head.raw), "views point into the head");
  require(!head.method.empty(), "there is a method");
  require(head.path.front() == '/' || head.target == "*", "there is a path");
  require(head.version == 10 || head.version == 11, "the version is known");
  require(head.headers.size() <= Limits::kMaxHeaders, "fields are bounded");
  require(!(head.chunked && head.content_length), "one framing at most");
  require(head.version == 10 || !head.host.empty(), "there is a Host");
  for (const auto& [name, value] : head.headers) {
    require(inside(name, head.raw) && inside(value, head.raw), "fields point into the head");
    require(!name.empty() && name.find_first_of(std::string_view("\0\r\n\t :", 6)) == std::string_view::npos,
            "a name is one token");
    require(value.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos, "a value is one line");
  }
  return 0;
}
