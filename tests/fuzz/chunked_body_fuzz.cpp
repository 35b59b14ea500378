// Any bytes as a chunked body: the first byte says in which pieces the rest comes, and that changes nothing.
#include <algorithm>
#include <string>

#include "daemon/http/chunked_body.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using tidegate::fuzz::require;

constexpr std::uint64_t kMaxBody = 4096;

struct Decoded {
  std::string body;
  std::string rest;
  bool done = false;
  bool refused = false;
};

Decoded decode(std::string_view bytes, std::size_t piece) {
  tidegate::http::ChunkedBody decoder(kMaxBody);
  Decoded out;
  while (!bytes.empty()) {
    const auto size = std::min(piece, bytes.size());
    out.rest += bytes.substr(0, size);
    bytes.remove_prefix(size);
    const auto used = decoder.feed(out.rest, out.body);
    if (!used) {
      out.refused = true;
      return out;
    }
    require(*used <= out.rest.size(), "no more is used than there is");
    out.rest.erase(0, *used);
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto bytes = tidegate::fuzz::view(data + 1, size - 1);
  const auto whole = decode(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto pieces = decode(bytes, std::size_t{1} + data[0] % 32);
  require(whole.body.size() <= kMaxBody && pieces.body.size() <= kMaxBody, "the body is bounded");
  // A line that can only be refused may be refused before it is whole, depending on where it was cut.
  require(!(whole.refused && pieces.done) && !(pieces.refused && whole.done),
          "what is taken does not depend on the pieces");
  if (whole.refused || pieces.refused) return 0;
  require(whole.done == pieces.done, "the end does not depend on the pieces");
  // Unfinished, the decoder may hold back what a few more bytes would decide.
  const auto common = std::min(whole.body.size(), pieces.body.size());
  require(whole.body.substr(0, common) == pieces.body.substr(0, common), "the body does not depend on the pieces");
  require(!whole.done || whole.body.size() == pieces.body.size(), "the body's length does not depend on the pieces");
  require(!whole.done || whole.rest == pieces.rest, "what follows does not depend on the pieces");
  return 0;
}
