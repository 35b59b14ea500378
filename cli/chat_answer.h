#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/sse_reader.h"

namespace tidegate::cli {

/// What is known of the answer to a chat request, streamed or in one piece. Pure: events in, text out.
class ChatAnswer {
 public:
  /// Takes each piece of the answer's text, in order, as the model sent it (valid UTF-8, not fit for a terminal yet).
  using Sink = std::function<void(std::string_view)>;

  explicit ChatAnswer(Sink sink) : sink_(std::move(sink)) {}

  /// One event of a streamed answer. Nothing is taken once the answer is over.
  void on_event(const SseEvent& event);

  /// The whole body of an answer that was not streamed.
  void on_body(const nlohmann::json& body);

  /// The terminal event came, or an error: what follows does not belong to the answer.
  [[nodiscard]] bool over() const noexcept { return done_ || error_; }

  /// One line saying why this is not a whole answer; nothing when it is: it has a finish_reason and the stream said
  /// `[DONE]`, or it came in one piece with a finish_reason.
  [[nodiscard]] std::optional<std::string> trouble() const;

  /// What a person should know of a whole answer (it ended at the token limit, it was filtered); empty: nothing.
  [[nodiscard]] std::string remark() const;

  [[nodiscard]] const std::string& model() const noexcept { return model_; }
  [[nodiscard]] std::optional<std::uint64_t> tokens_in() const noexcept { return tokens_in_; }
  [[nodiscard]] std::optional<std::uint64_t> tokens_out() const noexcept { return tokens_out_; }
  [[nodiscard]] bool has_text() const noexcept { return characters_ > 0; }
  [[nodiscard]] bool ends_with_newline() const noexcept { return last_ == '\n'; }

 private:
  void take(const nlohmann::json& answer, std::string_view message_key);
  void emit(const std::string& piece);

  Sink sink_;
  std::string model_;
  std::string finish_reason_;
  std::optional<std::string> error_;
  std::optional<std::uint64_t> tokens_in_;
  std::optional<std::uint64_t> tokens_out_;
  std::size_t characters_ = 0;  ///< bytes of text given to the sink
  char last_ = '\n';
  bool done_ = false;
};

}  // namespace tidegate::cli
