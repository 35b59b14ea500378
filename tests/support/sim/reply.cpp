#include "tests/support/sim/reply.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace tidegate::sim {
namespace {

constexpr std::uint64_t kLongText = 64 * 1024;     ///< longer texts are made while they are sent
constexpr std::uint64_t kFillerChunk = 16 * 1024;  ///< bytes of a piece of filler where no fault says otherwise
constexpr std::uint64_t kMaxTokens = 1'000'000;    ///< words that are kept in memory
constexpr std::size_t kArgumentFragment = 8;       ///< bytes of a tool's arguments per event
constexpr std::string_view kPlaceholder = "@@the long text@@";

/// Only filler is made while it is sent: nothing in it needs escaping.
bool is_long(const SampleText& text) { return text.is_filler() && text.bytes() > kLongText; }

}  // namespace

ReplyText make_text(const Prompt& prompt, const ReplyShape& shape) {
  const auto& faults = *shape.faults;
  if (faults.size) return {SampleText::filler(*faults.size, faults.chunk.value_or(kFillerChunk)), false};
  const auto wanted = std::min(faults.tokens.value_or(shape.tokens), kMaxTokens);
  const auto given = std::min(wanted, std::max<std::uint64_t>(prompt.max_tokens.value_or(wanted), 1));
  auto text = SampleText::words(prompt.text, given, shape.seed);
  if (faults.chunk) text = SampleText::fragments(text.head(text.bytes()), static_cast<std::size_t>(*faults.chunk));
  return {std::move(text), given < wanted};
}

SampleText argument_fragments(const ToolCall& tool) { return SampleText::fragments(tool.arguments, kArgumentFragment); }

std::string text_or_placeholder(const SampleText& text) {
  return is_long(text) ? std::string(kPlaceholder) : text.head(static_cast<std::size_t>(text.bytes()));
}

Reply whole_reply(const Json& value, const SampleText& text) {
  auto body = to_text(value);
  const auto at = is_long(text) ? body.find(kPlaceholder) : std::string::npos;
  Reply reply;
  if (at == std::string::npos) {
    reply.body = std::make_shared<const std::string>(std::move(body));
    return reply;
  }
  reply.long_body =
      std::make_shared<const LongBody>(LongBody{body.substr(0, at), text, body.substr(at + kPlaceholder.size())});
  return reply;
}

Reply stream_reply(SseScript script, const Faults& faults, std::string error_event) {
  if (faults.error_chunk) script.injection = Injection{*faults.error_chunk, std::move(error_event), true};
  if (faults.bad_event) script.injection = Injection{*faults.bad_event, "data: {\"choices\":[{\"delta\":{\n\n", false};
  Reply reply;
  reply.script = std::make_shared<const SseScript>(std::move(script));
  return reply;
}

}  // namespace tidegate::sim
