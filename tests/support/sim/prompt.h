#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.h"
#include "tests/support/sim/json_text.h"

namespace tidegate::sim {

/// The three ways in which a text can be asked for.
enum class Api { chat, responses, messages };

struct ToolCall {
  std::string name;
  std::string arguments;  ///< JSON, ASCII only
};

/// What an answer depends on, taken out of a request's body.
struct Prompt {
  std::string model;
  std::string text;  ///< of the last message by the user
  std::uint64_t input_tokens = 0;
  std::optional<std::uint64_t> max_tokens;
  std::optional<ToolCall> tool;  ///< to be called instead of answering with words
  bool stream = false;
  bool include_usage = false;
};

/// An Error's message is what the API itself would say.
Result<Prompt> read_prompt(Api api, const Json& body);

/// All text of a `content` or `input`: a string, or a list of strings and parts with a `text`.
std::string content_text(const Json& content);

/// About as many tokens as the text has.
std::uint64_t count_tokens(std::string_view text) noexcept;

}  // namespace tidegate::sim
