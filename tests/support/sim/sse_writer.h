#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sim/body_source.h"
#include "tests/support/sim/sample_text.h"

namespace tidegate::sim {

/// An event in the middle of a stream that does not belong there.
struct Injection {
  std::uint64_t after = 0;  ///< so many tokens (fewer where the text is shorter)
  std::string event;
  bool ends = false;  ///< nothing comes behind it
};

/// A whole stream of server-sent events, shared by all requests that get the same answer: events that open it, one
/// event per piece of text, events that close it.
struct SseScript {
  std::vector<std::string> opening;
  std::string delta_before;                     ///< what stands before the piece of text
  std::optional<std::uint64_t> first_sequence;  ///< set: delta_before, a number that counts up, delta_between
  std::string delta_between;
  std::string delta_after;
  SampleText text;
  std::vector<std::string> closing;
  std::optional<Injection> injection;
};

/// `data: …` and the empty line; with `event: …` before it where `event` is not empty.
std::string sse_event(std::string_view event, std::string_view data);

/// One client's way through the script.
std::unique_ptr<BodySource> script_source(std::shared_ptr<const SseScript> script);

/// A JSON body with a text so long that it is made while it is sent: before, the text, after.
struct LongBody {
  std::string before;
  SampleText text;
  std::string after;

  [[nodiscard]] std::uint64_t bytes() const noexcept { return before.size() + text.bytes() + after.size(); }
};

std::unique_ptr<BodySource> long_body_source(std::shared_ptr<const LongBody> body);

}  // namespace tidegate::sim
