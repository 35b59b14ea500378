#include "cli/chat_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/failure.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;

ChatCommand command_of(std::vector<std::string> words) {
  ChatCommand command;
  command.words = std::move(words);
  return command;
}

void expect_usage_error(const ChatCommand& command) {
  try {
    chat_text(command);
    ADD_FAILURE() << "no failure";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit_code(), kUsage);
  }
}

TEST(ChatText, JoinsWords) { EXPECT_EQ(chat_text(command_of({"say", "-", "hello  you"})), "say - hello  you"); }

TEST(ChatText, RefusesWhatIsNoMessage) {
  expect_usage_error(command_of({}));
  expect_usage_error(command_of({" ", "\n"}));
  expect_usage_error(command_of({"a\xff"}));
  expect_usage_error(command_of({std::string(kMaxMessage + 1, 'x')}));
  auto command = command_of({"x"});
  command.system = "\xc3";
  expect_usage_error(command);
}

TEST(ChatBody, AsksForAStreamWithUsage) {
  EXPECT_EQ(
      json::parse(chat_body(command_of({}), "hi \"you\"")),
      json::parse(
          R"({"model":"default","messages":[{"role":"user","content":"hi \"you\""}],"stream":true,"stream_options":{"include_usage":true}})"));
}

TEST(ChatBody, InOnePieceWithASystemMessage) {
  auto command = command_of({});
  command.system = "be kind";
  command.model = "gpt-4";
  for (const bool by_json : {false, true}) {
    command.no_stream = !by_json;
    command.json = by_json;
    EXPECT_EQ(
        json::parse(chat_body(command, "hi")),
        json::parse(
            R"({"model":"gpt-4","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]})"));
  }
}

}  // namespace
}  // namespace tidegate::cli
