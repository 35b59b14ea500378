#include "cli/chat_answer.h"

#include <nlohmann/json.hpp>

#include "cli/json_view.h"
#include "cli/text.h"

namespace tidegate::cli {

using nlohmann::json;

void ChatAnswer::on_event(const SseEvent& event) {
  if (over()) return;
  if (event.data == "[DONE]") {
    done_ = true;
    return;
  }
  const auto chunk = json::parse(event.data, nullptr, false);
  if (chunk.is_discarded()) {
    error_ =
        event.name == "error" ? clean(event.data) : "the stream has an event that is no JSON: " + clean(event.data, 60);
    return;
  }
  if (auto line = error_line(chunk)) {
    error_ = std::move(line);
    return;
  }
  if (event.name == "error") {
    error_ = text_at(chunk, "message", "an error without a message");
    return;
  }
  take(chunk, "delta");
}

void ChatAnswer::on_body(const json& body) {
  error_ = error_line(body);
  if (error_) return;
  take(body, "message");
  done_ = true;
}

void ChatAnswer::take(const json& answer, std::string_view message_key) {
  if (model_.empty()) model_ = text_at(answer, "model");
  const json& usage = member(answer, "usage");
  if (member(usage, "prompt_tokens").is_number()) tokens_in_ = count_at(usage, "prompt_tokens");
  if (member(usage, "completion_tokens").is_number()) tokens_out_ = count_at(usage, "completion_tokens");
  const json& choices = list_at(answer, "choices");
  if (choices.empty()) return;
  const json& message = member(choices.front(), message_key);
  for (const char* key : {"content", "refusal"})
    if (const json& piece = member(message, key); piece.is_string()) emit(piece.get_ref<const std::string&>());
  if (const auto reason = text_at(choices.front(), "finish_reason"); !reason.empty()) finish_reason_ = reason;
}

void ChatAnswer::emit(const std::string& piece) {
  if (piece.empty()) return;
  characters_ += piece.size();
  last_ = piece.back();
  sink_(piece);
}

std::optional<std::string> ChatAnswer::trouble() const {
  if (error_) return error_;
  if (finish_reason_.empty())
    return characters_ > 0 ? "the answer was cut off: what is shown is not all of it"
                           : "the answer ended before it began";
  if (!done_) return "the stream ended without its terminal event: the answer may not be whole";
  return std::nullopt;
}

std::string ChatAnswer::remark() const {
  if (finish_reason_ == "length") return "the model stopped at its token limit; the answer may end in the middle";
  if (finish_reason_ == "content_filter") return "the provider's content filter ended the answer";
  return {};
}

}  // namespace tidegate::cli
