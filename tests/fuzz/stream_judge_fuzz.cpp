// Any bytes as an event stream: the same passes and the same is told however they are split, nothing passes that did
// not come, and nothing is lost but what is withheld.
#include <algorithm>
#include <string>
#include <tuple>

#include "daemon/upstream/stream_judge.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using tidegate::fuzz::require;
using tidegate::upstream::Dialect;
using tidegate::upstream::StreamJudge;

struct Seen {
  std::string passed;
  std::string added;
  bool complete = false;
  bool caught = false;
  bool failed = false;
  bool open = false;
  tidegate::observe::Truncation fault = tidegate::observe::Truncation::none;
  std::uint32_t malformed = 0;

  [[nodiscard]] auto all() const { return std::tie(passed, added, complete, caught, failed, open, fault, malformed); }
};

Seen judged(std::string_view text, std::size_t piece, Dialect path) {
  StreamJudge judge(path);
  Seen seen;
  std::string bytes;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    bytes = text.substr(0, piece);
    judge.pass(bytes);
    seen.passed += bytes;
  }
  seen.added = judge.close();
  seen.complete = judge.complete();
  seen.caught = judge.caught();
  seen.failed = judge.failed();
  seen.open = !judge.can_insert_event();
  seen.fault = judge.fault();
  seen.malformed = judge.malformed();
  return seen;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto path = static_cast<Dialect>(data[0] % 4);
  const auto text = tidegate::fuzz::view(data + 1, size - 1);
  const auto whole = judged(text, std::max<std::size_t>(text.size(), 1), path);
  for (const auto piece : {std::size_t{1}, std::size_t{2} + data[0] % 128})
    require(judged(text, piece, path).all() == whole.all(), "splitting changes nothing");
  require(text.starts_with(whole.passed), "what passes is what came");
  const auto held = text.size() - whole.passed.size();
  require(held == 0 || whole.caught || held <= StreamJudge::kKept, "little is withheld");
  require(held == 0 || !whole.complete, "nothing is withheld of a whole stream");
  require(!whole.caught || (whole.added.empty() && !whole.complete), "a lie stays one");
  require(whole.complete == (whole.fault == tidegate::observe::Truncation::none), "what is not whole has a reason");
  return 0;
}
