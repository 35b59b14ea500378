#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/sim/faults.h"
#include "tests/support/sim/prompt.h"
#include "tests/support/sim/sample_text.h"
#include "tests/support/sim/sse_writer.h"

namespace tidegate::sim {

/// The `created` of everything: 2025-06-15, so that the same request gets the same bytes at any time.
inline constexpr std::int64_t kCreated = 1'750'000'000;

/// What an API says to one body: exactly one of the three is set. It can be sent any number of times.
struct Reply {
  std::shared_ptr<const std::string> body;
  std::shared_ptr<const LongBody> long_body;
  std::shared_ptr<const SseScript> script;
};

/// What a text's shape depends on besides the prompt.
struct ReplyShape {
  std::string id;  ///< sixteen hexadecimal digits from body and seed
  std::uint64_t tokens = 16;
  std::uint64_t seed = 0;
  const Faults* faults = nullptr;  ///< never null; not kept
};

/// The words of the answer, and whether max_tokens cut it short.
struct ReplyText {
  SampleText text;
  bool cut_short = false;
};
ReplyText make_text(const Prompt& prompt, const ReplyShape& shape);

/// The arguments of a tool call in the fragments in which they are streamed.
SampleText argument_fragments(const ToolCall& tool);

/// Stands in a Json value for a text that is too long to be in it.
std::string text_or_placeholder(const SampleText& text);
/// The reply whose JSON is `value`; where it holds the placeholder, `text` is put there while it is sent.
Reply whole_reply(const Json& value, const SampleText& text);

/// The reply that streams `script`, with the injected events that the faults ask for.
Reply stream_reply(SseScript script, const Faults& faults, std::string error_event);

}  // namespace tidegate::sim
