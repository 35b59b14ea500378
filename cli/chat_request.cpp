#include "cli/chat_request.h"

#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "cli/failure.h"
#include "cli/utf8.h"

namespace tidegate::cli {
namespace {

std::string read_stdin() {
  std::string text;
  std::array<char, 65'536> buffer{};
  std::size_t got = 0;
  while ((got = std::fread(buffer.data(), 1, buffer.size(), stdin)) > 0 && text.size() <= kMaxMessage)
    text.append(buffer.data(), got);
  if (std::ferror(stdin) != 0) throw Failure(kUsage, "cannot read the message from standard input");
  return text;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = decode_utf8(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string chat_text(const ChatCommand& command) {
  std::string text;
  if (command.words.size() == 1 && command.words.front() == "-") {
    text = read_stdin();
  } else {
    for (const auto& word : command.words) text += (text.empty() ? "" : " ") + word;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw Failure(kUsage, "chat: the message is empty");
  if (text.size() > kMaxMessage) throw Failure(kUsage, "chat: the message is larger than 32 MiB");
  if (!is_utf8(text) || !is_utf8(command.system) || !is_utf8(command.model))
    throw Failure(kUsage, "chat: the message is not UTF-8 text");
  return text;
}

std::string chat_body(const ChatCommand& command, const std::string& text) {
  auto messages = nlohmann::json::array();
  if (!command.system.empty()) messages.push_back({{"role", "system"}, {"content", command.system}});
  messages.push_back({{"role", "user"}, {"content", text}});
  nlohmann::json body{{"model", command.model}, {"messages", std::move(messages)}};
  if (wants_stream(command)) {
    body["stream"] = true;
    body["stream_options"] = {{"include_usage", true}};
  }
  return body.dump();
}

}  // namespace tidegate::cli
