#include "tests/support/sim/prompt.h"

#include <nlohmann/json.hpp>

#include "tests/support/sim/tool_choice.h"

namespace tidegate::sim {
namespace {

/// The last message of the user, and whether it is the last word at all (a tool's result may stand behind it).
struct LastMessage {
  std::string text;
  bool answers_tool = false;
};

bool is_tool_result(const Json& message) {
  if (message.value("role", "") == "tool" || message.value("type", "") == "function_call_output") return true;
  const auto content = message.find("content");
  if (content == message.end() || !content->is_array()) return false;
  for (const auto& part : *content)
    if (part.is_object() && part.value("type", "") == "tool_result") return true;
  return false;
}

LastMessage last_message(const Json& messages) {
  if (messages.is_string()) return {messages.get<std::string>(), false};
  LastMessage out;
  for (const auto& message : messages) {
    if (!message.is_object()) continue;
    out.answers_tool = is_tool_result(message);
    if (message.value("role", "") == "user" && message.contains("content")) out.text = content_text(message["content"]);
  }
  return out;
}

std::uint64_t input_tokens(const Json& messages) {
  if (messages.is_string()) return count_tokens(messages.get_ref<const std::string&>());
  std::uint64_t sum = 0;
  for (const auto& message : messages) {
    sum += 4;  // what a message costs around its text
    if (message.is_object() && message.contains("content")) sum += count_tokens(content_text(message["content"]));
  }
  return sum;
}

std::optional<std::uint64_t> max_tokens(const Json& body) {
  for (const auto* key : {"max_completion_tokens", "max_tokens", "max_output_tokens"})
    if (const auto found = body.find(key); found != body.end() && found->is_number_unsigned())
      return found->get<std::uint64_t>();
  return std::nullopt;
}

Error invalid(std::string message) { return Error{ErrorCode::bad_request, std::move(message)}; }

}  // namespace

std::string content_text(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string out;
  if (!content.is_array()) return out;
  for (const auto& part : content) {
    const auto text = part.is_object() ? part.find("text") : part.end();
    const auto* string = part.is_string() ? &part : part.is_object() && text != part.end() ? &*text : nullptr;
    if (string == nullptr || !string->is_string()) continue;
    if (!out.empty()) out += ' ';
    out += string->get_ref<const std::string&>();
  }
  return out;
}

std::uint64_t count_tokens(std::string_view text) noexcept { return (text.size() + 3) / 4; }

Result<Prompt> read_prompt(Api api, const Json& body) try {
  if (!body.is_object()) return invalid("The body must be a JSON object.");
  const auto model = body.find("model");
  if (model == body.end() || !model->is_string()) return invalid("you must provide a model parameter");
  const auto* const field = api == Api::responses ? "input" : "messages";
  const auto messages = body.find(field);
  if (messages == body.end()) return invalid(std::string("Missing required parameter: '") + field + "'.");
  if (!messages->is_array() && !(api == Api::responses && messages->is_string()))
    return invalid(std::string("Invalid type for '") + field + "': expected an array of objects.");

  Prompt prompt;
  prompt.model = model->get<std::string>();
  const auto last = last_message(*messages);
  prompt.text = last.text;
  prompt.input_tokens = input_tokens(*messages);
  prompt.max_tokens = max_tokens(body);
  prompt.stream = body.contains("stream") && body["stream"] == true;
  const auto options = body.find("stream_options");
  prompt.include_usage = options != body.end() && options->is_object() && options->value("include_usage", false);
  const bool asks_for_tool = !last.answers_tool && last.text.find("tool") != std::string::npos;
  prompt.tool = choose_tool(body, prompt.text, asks_for_tool);
  return prompt;
} catch (const Json::exception& error) {
  return invalid(std::string("A field of the body has the wrong type: ") + error.what());
}

}  // namespace tidegate::sim
