#include "tests/support/sim/messages.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/sim/error_answers.h"

namespace tidegate::sim {
namespace {

Json usage(const Prompt& prompt, std::uint64_t output_tokens) {
  return {{"input_tokens", prompt.input_tokens},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", 0},
          {"output_tokens", output_tokens},
          {"service_tier", "standard"}};
}

Json message(const Prompt& prompt, const ReplyShape& shape, Json content, Json stop_reason, Json used) {
  return {{"id", "msg_sim" + shape.id},    {"type", "message"},
          {"role", "assistant"},           {"model", prompt.model},
          {"content", std::move(content)}, {"stop_reason", std::move(stop_reason)},
          {"stop_sequence", nullptr},      {"usage", std::move(used)}};
}

/// The event whose `type` is also its name.
std::string event(const Json& value) { return sse_event(value["type"].get_ref<const std::string&>(), to_text(value)); }

Json content_block(const Prompt& prompt, const ReplyShape& shape) {
  if (!prompt.tool) return {{"type", "text"}, {"text", ""}};
  return {{"type", "tool_use"}, {"id", "toolu_sim" + shape.id}, {"name", prompt.tool->name}, {"input", Json::object()}};
}

Reply streamed(const Prompt& prompt, const ReplyShape& shape, SampleText text, const char* stop_reason) {
  const auto& faults = *shape.faults;
  const auto tokens = text.pieces();
  SseScript script;
  script.opening = {
      event({{"type", "message_start"}, {"message", message(prompt, shape, Json::array(), nullptr, usage(prompt, 1))}}),
      event({{"type", "content_block_start"}, {"index", 0}, {"content_block", content_block(prompt, shape)}}),
      event({{"type", "ping"}})};
  const auto* const type = prompt.tool ? "input_json_delta" : "text_delta";
  const auto* const field = prompt.tool ? "partial_json" : "text";
  const auto delta = event({{"type", "content_block_delta"}, {"index", 0}, {"delta", {{"type", type}, {field, "@@"}}}});
  const auto at = delta.find("@@");
  script.delta_before = delta.substr(0, at);
  script.delta_after = delta.substr(at + 2);
  script.text = std::move(text);
  script.closing.push_back(event({{"type", "content_block_stop"}, {"index", 0}}));
  if (!faults.no_finish)
    script.closing.push_back(event({{"type", "message_delta"},
                                    {"delta", {{"stop_reason", stop_reason}, {"stop_sequence", nullptr}}},
                                    {"usage", {{"output_tokens", tokens}}}}));
  if (!faults.no_done) script.closing.push_back(event({{"type", "message_stop"}}));
  return stream_reply(std::move(script), faults, sse_event("error", anthropic_error_body(529, "Overloaded")));
}

Reply whole(const Prompt& prompt, const ReplyShape& shape, const SampleText& text, Json stop_reason) {
  auto block = content_block(prompt, shape);
  if (prompt.tool)
    block["input"] = Json::parse(prompt.tool->arguments);
  else
    block["text"] = text_or_placeholder(text);
  if (shape.faults->no_finish) stop_reason = nullptr;
  const auto out =
      message(prompt, shape, Json::array({std::move(block)}), std::move(stop_reason), usage(prompt, text.pieces()));
  return whole_reply(out, text);
}

}  // namespace

Reply messages_reply(const Prompt& prompt, const ReplyShape& shape) {
  const auto words = prompt.tool ? ReplyText{argument_fragments(*prompt.tool), false} : make_text(prompt, shape);
  const auto* const reason = prompt.tool ? "tool_use" : words.cut_short ? "max_tokens" : "end_turn";
  return prompt.stream ? streamed(prompt, shape, words.text, reason) : whole(prompt, shape, words.text, reason);
}

}  // namespace tidegate::sim
