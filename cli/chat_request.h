#pragma once

#include <string>

#include "cli/options.h"

namespace tidegate::cli {

/// The message: the words joined by blanks, or all of standard input for `-`. Throws Failure(kUsage) when it is empty,
/// no valid UTF-8 or larger than kMaxMessage.
std::string chat_text(const ChatCommand& command);

inline constexpr std::size_t kMaxMessage = 32U << 20;

/// The body of the request for that message.
std::string chat_body(const ChatCommand& command, const std::string& text);

/// Whether the answer is to come as a stream.
inline bool wants_stream(const ChatCommand& command) { return !command.no_stream && !command.json; }

}  // namespace tidegate::cli
