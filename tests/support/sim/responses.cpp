#include "tests/support/sim/responses.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/sim/error_answers.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kRepeatedText = 64 * 1024;  ///< of a long text, what the closing events repeat

Json usage(const Prompt& prompt, std::uint64_t output_tokens) {
  return {{"input_tokens", prompt.input_tokens},
          {"input_tokens_details", {{"cached_tokens", 0}}},
          {"output_tokens", output_tokens},
          {"output_tokens_details", {{"reasoning_tokens", 0}}},
          {"total_tokens", prompt.input_tokens + output_tokens}};
}

Json response(const Prompt& prompt, const ReplyShape& shape, const char* status, Json output, Json used) {
  Json incomplete = nullptr;
  if (std::string_view(status) == "incomplete") incomplete = {{"reason", "max_output_tokens"}};
  return {{"id", "resp_sim" + shape.id},
          {"object", "response"},
          {"created_at", kCreated},
          {"status", status},
          {"background", false},
          {"error", nullptr},
          {"incomplete_details", std::move(incomplete)},
          {"instructions", nullptr},
          {"max_output_tokens", prompt.max_tokens ? Json(*prompt.max_tokens) : Json(nullptr)},
          {"model", prompt.model},
          {"output", std::move(output)},
          {"parallel_tool_calls", true},
          {"previous_response_id", nullptr},
          {"reasoning", {{"effort", nullptr}, {"summary", nullptr}}},
          {"service_tier", "default"},
          {"store", true},
          {"temperature", 1.0},
          {"text", {{"format", {{"type", "text"}}}}},
          {"tool_choice", "auto"},
          {"tools", Json::array()},
          {"top_p", 1.0},
          {"truncation", "disabled"},
          {"usage", std::move(used)},
          {"user", nullptr},
          {"metadata", Json::object()}};
}

Json text_part(std::string text) {
  return {
      {"type", "output_text"}, {"text", std::move(text)}, {"annotations", Json::array()}, {"logprobs", Json::array()}};
}

/// The one item of output: a message, or a function call with what is known of its arguments.
Json item(const Prompt& prompt, const ReplyShape& shape, const char* status, Json content, std::string arguments) {
  if (prompt.tool)
    return {{"id", "fc_sim" + shape.id},         {"type", "function_call"},          {"status", status},
            {"arguments", std::move(arguments)}, {"call_id", "call_sim" + shape.id}, {"name", prompt.tool->name}};
  return {{"id", "msg_sim" + shape.id},
          {"type", "message"},
          {"status", status},
          {"role", "assistant"},
          {"content", std::move(content)}};
}

/// Makes events with their sequence numbers.
class Events {
 public:
  std::string operator()(const char* type, const Json& fields) {
    Json value{{"type", type}, {"sequence_number", next}};
    value.update(fields);
    ++next;
    return sse_event(type, to_text(value));
  }

  std::uint64_t next = 0;
};

void set_delta(SseScript& script, const Prompt& prompt, const std::string& item_id, std::uint64_t first) {
  const std::string type = prompt.tool ? "response.function_call_arguments.delta" : "response.output_text.delta";
  script.delta_before = "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":";
  script.first_sequence = first;
  script.delta_between = ",\"item_id\":\"" + item_id + "\",\"output_index\":0,";
  script.delta_between += prompt.tool ? "\"delta\":\"" : "\"content_index\":0,\"logprobs\":[],\"delta\":\"";
  script.delta_after = "\"}\n\n";
}

Reply streamed(const Prompt& prompt, const ReplyShape& shape, const SampleText& text, const char* status) {
  const auto& faults = *shape.faults;
  const auto whole_text = text.head(kRepeatedText);
  const auto part = text_part(whole_text);
  const auto done = item(prompt, shape, "completed", Json::array({part}), prompt.tool ? prompt.tool->arguments : "");
  const auto begun = response(prompt, shape, "in_progress", Json::array(), nullptr);
  const auto id = done["id"].get<std::string>();
  Json place{{"item_id", id}, {"output_index", 0}, {"content_index", 0}};
  const auto with = [&place](const char* key, const Json& value) {
    auto out = place;
    out[key] = value;
    return out;
  };

  SseScript script;
  Events event;
  script.opening.push_back(event("response.created", {{"response", begun}}));
  script.opening.push_back(event("response.in_progress", {{"response", begun}}));
  script.opening.push_back(
      event("response.output_item.added",
            {{"output_index", 0}, {"item", item(prompt, shape, "in_progress", Json::array(), "")}}));
  if (!prompt.tool) script.opening.push_back(event("response.content_part.added", with("part", text_part(""))));
  set_delta(script, prompt, id, event.next);
  script.text = text;
  event.next += text.pieces();
  if (prompt.tool) {
    script.closing.push_back(event("response.function_call_arguments.done",
                                   {{"item_id", id}, {"output_index", 0}, {"arguments", prompt.tool->arguments}}));
  } else {
    auto text_done = with("text", whole_text);
    text_done["logprobs"] = Json::array();
    script.closing.push_back(event("response.output_text.done", text_done));
    script.closing.push_back(event("response.content_part.done", with("part", part)));
  }
  script.closing.push_back(event("response.output_item.done", {{"output_index", 0}, {"item", done}}));
  const auto end = response(prompt, shape, status, Json::array({done}), usage(prompt, text.pieces()));
  const auto* const end_type = std::string_view(status) == "completed" ? "response.completed" : "response.incomplete";
  if (!faults.no_done && !faults.no_finish) script.closing.push_back(event(end_type, {{"response", end}}));

  const Json error{{"type", "error"},
                   {"sequence_number", event.next},
                   {"code", "server_error"},
                   {"message", default_message(500)},
                   {"param", nullptr}};
  return stream_reply(std::move(script), faults, sse_event("error", to_text(error)));
}

Reply whole(const Prompt& prompt, const ReplyShape& shape, const SampleText& text, const char* status) {
  auto content = prompt.tool ? Json::array() : Json::array({text_part(text_or_placeholder(text))});
  const auto output =
      item(prompt, shape, "completed", std::move(content), prompt.tool ? prompt.tool->arguments : std::string());
  return whole_reply(response(prompt, shape, status, Json::array({output}), usage(prompt, text.pieces())), text);
}

}  // namespace

Reply responses_reply(const Prompt& prompt, const ReplyShape& shape) {
  const auto words = prompt.tool ? ReplyText{argument_fragments(*prompt.tool), false} : make_text(prompt, shape);
  const auto* const status = words.cut_short ? "incomplete" : "completed";
  return prompt.stream ? streamed(prompt, shape, words.text, status) : whole(prompt, shape, words.text, status);
}

}  // namespace tidegate::sim
