#include "tests/support/sim/chat_completions.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/sim/error_answers.h"

namespace tidegate::sim {
namespace {

Json usage(const Prompt& prompt, std::uint64_t output_tokens) {
  return {{"prompt_tokens", prompt.input_tokens},
          {"completion_tokens", output_tokens},
          {"total_tokens", prompt.input_tokens + output_tokens},
          {"prompt_tokens_details", {{"cached_tokens", 0}, {"audio_tokens", 0}}},
          {"completion_tokens_details",
           {{"reasoning_tokens", 0},
            {"audio_tokens", 0},
            {"accepted_prediction_tokens", 0},
            {"rejected_prediction_tokens", 0}}}};
}

/// A chunk with one choice that says `delta`.
Json chunk(const Prompt& prompt, const ReplyShape& shape, Json choices) {
  Json out{
      {"id", "chatcmpl-sim" + shape.id}, {"object", "chat.completion.chunk"}, {"created", kCreated},
      {"model", prompt.model},           {"service_tier", "default"},         {"system_fingerprint", "fp_tidegatesim"},
      {"choices", std::move(choices)}};
  if (prompt.include_usage) out["usage"] = nullptr;
  return out;
}

Json choice(Json delta, Json finish_reason) {
  return Json::array({{{"index", 0},
                       {"delta", std::move(delta)},
                       {"logprobs", nullptr},
                       {"finish_reason", std::move(finish_reason)}}});
}

Json tool_json(const Prompt& prompt, const ReplyShape& shape, std::string arguments) {
  return {{"id", "call_sim" + shape.id},
          {"type", "function"},
          {"function", {{"name", prompt.tool->name}, {"arguments", std::move(arguments)}}}};
}

/// Cuts the event of one delta in two where the text belongs.
void set_delta(SseScript& script, const Json& with_mark) {
  const auto event = sse_event("", to_text(with_mark));
  const auto at = event.rfind("@@");
  script.delta_before = event.substr(0, at);
  script.delta_after = event.substr(at + 2);
}

Reply streamed(const Prompt& prompt, const ReplyShape& shape, SampleText text, const char* finish_reason) {
  const auto& faults = *shape.faults;
  const auto tokens = text.pieces();
  SseScript script;
  Json first{{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}};
  Json delta{{"content", "@@"}};
  if (prompt.tool) {
    Json indexed{{"index", 0}};
    indexed.update(tool_json(prompt, shape, ""));
    first = {{"role", "assistant"}, {"content", nullptr}, {"tool_calls", Json::array({indexed})}, {"refusal", nullptr}};
    delta = {{"tool_calls", Json::array({{{"index", 0}, {"function", {{"arguments", "@@"}}}}})}};
  }
  script.opening.push_back(sse_event("", to_text(chunk(prompt, shape, choice(first, nullptr)))));
  set_delta(script, chunk(prompt, shape, choice(delta, nullptr)));
  script.text = std::move(text);
  if (!faults.no_finish)
    script.closing.push_back(sse_event("", to_text(chunk(prompt, shape, choice(Json::object(), finish_reason)))));
  if (prompt.include_usage) {
    auto last = chunk(prompt, shape, Json::array());
    last["usage"] = usage(prompt, tokens);
    script.closing.push_back(sse_event("", to_text(last)));
  }
  if (!faults.no_done) script.closing.push_back(sse_event("", "[DONE]"));
  return stream_reply(std::move(script), faults,
                      sse_event("", openai_error_body(500, "The server had an error while processing your request.")));
}

Reply whole(const Prompt& prompt, const ReplyShape& shape, const SampleText& text, const char* finish_reason) {
  Json message{{"role", "assistant"}, {"content", nullptr}};
  if (prompt.tool)
    message["tool_calls"] = Json::array({tool_json(prompt, shape, prompt.tool->arguments)});
  else
    message["content"] = text_or_placeholder(text);
  message["refusal"] = nullptr;
  message["annotations"] = Json::array();
  Json first{{"index", 0}, {"message", std::move(message)}, {"logprobs", nullptr}, {"finish_reason", finish_reason}};
  if (shape.faults->no_finish) first.erase("finish_reason");
  const Json out{{"id", "chatcmpl-sim" + shape.id},
                 {"object", "chat.completion"},
                 {"created", kCreated},
                 {"model", prompt.model},
                 {"choices", Json::array({std::move(first)})},
                 {"usage", usage(prompt, text.pieces())},
                 {"service_tier", "default"},
                 {"system_fingerprint", "fp_tidegatesim"}};
  return whole_reply(out, text);
}

}  // namespace

Reply chat_reply(const Prompt& prompt, const ReplyShape& shape) {
  const auto words = prompt.tool ? ReplyText{argument_fragments(*prompt.tool), false} : make_text(prompt, shape);
  const auto* const reason = prompt.tool ? "tool_calls" : words.cut_short ? "length" : "stop";
  return prompt.stream ? streamed(prompt, shape, words.text, reason) : whole(prompt, shape, words.text, reason);
}

}  // namespace tidegate::sim
