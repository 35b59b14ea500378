#include "cli/chat_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

using testing::HasSubstr;
using testing::Optional;

class ChatAnswerTest : public testing::Test {
 protected:
  void event(std::string data, std::string name = "") { answer.on_event({std::move(name), std::move(data)}); }
  void content(const std::string& words) {
    event(R"({"model":"m-1","choices":[{"delta":{"content":")" + words + R"("},"finish_reason":null}]})");
  }
  void finish(const std::string& reason = "stop") {
    event(R"({"choices":[{"delta":{},"finish_reason":")" + reason + R"("}]})");
  }

  std::string text;
  ChatAnswer answer{[this](std::string_view piece) { text += piece; }};
};

TEST_F(ChatAnswerTest, AStreamIsWholeWithFinishReasonAndDone) {
  content("Hello");
  content(" you\\n");
  finish();
  event(R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}})");
  EXPECT_FALSE(answer.over());
  EXPECT_TRUE(answer.trouble());
  event("[DONE]");
  EXPECT_TRUE(answer.over());
  EXPECT_EQ(answer.trouble(), std::nullopt);
  EXPECT_EQ(text, "Hello you\n");
  EXPECT_TRUE(answer.ends_with_newline());
  EXPECT_EQ(answer.model(), "m-1");
  EXPECT_THAT(answer.tokens_in(), Optional(9U));
  EXPECT_THAT(answer.tokens_out(), Optional(4U));
  EXPECT_EQ(answer.remark(), "");
}

TEST_F(ChatAnswerTest, DoneWithoutFinishReasonIsCutOff) {
  content("Hel");
  event("[DONE]");
  EXPECT_THAT(answer.trouble(), Optional(HasSubstr("cut off")));
}

TEST_F(ChatAnswerTest, FinishReasonWithoutDoneIsNotWhole) {
  content("Hello");
  finish();
  EXPECT_THAT(answer.trouble(), Optional(HasSubstr("terminal event")));
}

TEST_F(ChatAnswerTest, NothingAtAll) { EXPECT_THAT(answer.trouble(), Optional(HasSubstr("before it began"))); }

TEST_F(ChatAnswerTest, AnErrorEventEndsItWhateverFollows) {
  content("Hel");
  event(R"({"error":{"message":"gone\u001b[2J","code":"upstream_reset"}})");
  EXPECT_TRUE(answer.over());
  content("lo");
  finish();
  event("[DONE]");
  EXPECT_EQ(text, "Hel");
  EXPECT_THAT(answer.trouble(), Optional(std::string("gone\\x1b[2J (upstream_reset)")));
}

TEST_F(ChatAnswerTest, ErrorsOfOtherShapes) {
  event("overloaded", "error");
  EXPECT_THAT(answer.trouble(), Optional(std::string("overloaded")));
  answer = ChatAnswer([](std::string_view) {});
  event(R"({"message":"busy"})", "error");
  EXPECT_THAT(answer.trouble(), Optional(std::string("busy")));
  answer = ChatAnswer([](std::string_view) {});
  event(R"({"error":"plain"})");
  EXPECT_THAT(answer.trouble(), Optional(std::string("plain")));
}

TEST_F(ChatAnswerTest, AnEventThatIsNoJsonIsAnError) {
  event("{\"choices\":[");
  EXPECT_TRUE(answer.over());
  EXPECT_THAT(answer.trouble(), Optional(HasSubstr("no JSON")));
}

TEST_F(ChatAnswerTest, FieldsOfOtherTypesAreNoText) {
  event(R"({"choices":[{"delta":{"content":["a"]},"finish_reason":{}}],"error":null})");
  event(R"({"choices":[{"delta":null}]})");
  event(R"([1])");
  event(R"({"choices":{}})");
  EXPECT_EQ(text, "");
  EXPECT_FALSE(answer.over());
}

TEST_F(ChatAnswerTest, ARefusalIsText) {
  event(R"({"choices":[{"delta":{"content":null,"refusal":"I cannot"}}]})");
  EXPECT_EQ(text, "I cannot");
}

TEST_F(ChatAnswerTest, RemarksOnHowItEnded) {
  finish("length");
  EXPECT_THAT(answer.remark(), HasSubstr("token limit"));
  finish("content_filter");
  EXPECT_THAT(answer.remark(), HasSubstr("filter"));
}

TEST_F(ChatAnswerTest, InOnePiece) {
  answer.on_body(nlohmann::json::parse(
      R"({"model":"m","choices":[{"message":{"content":"All"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})"));
  EXPECT_EQ(answer.trouble(), std::nullopt);
  EXPECT_EQ(text, "All");
  EXPECT_THAT(answer.tokens_in(), Optional(1U));
  EXPECT_EQ(answer.tokens_out(), std::nullopt);
}

TEST_F(ChatAnswerTest, InOnePieceWithoutAnAnswer) {
  answer.on_body(nlohmann::json::parse(R"({"object":"chat.completion"})"));
  EXPECT_TRUE(answer.trouble());
}

}  // namespace
}  // namespace tidegate::cli
