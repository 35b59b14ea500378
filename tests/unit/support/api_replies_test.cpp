#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/sim/chat_completions.h"
#include "tests/support/sim/embeddings.h"
#include "tests/support/sim/messages.h"
#include "tests/support/sim/models.h"
#include "tests/support/sim/responses.h"

namespace tidegate::sim {
namespace {

constexpr char kTools[] =
    R"("tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"place":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["C","F"]}}}}}])";

Prompt prompt_of(Api api, const std::string& body) {
  const auto prompt = read_prompt(api, Json::parse(body));
  EXPECT_TRUE(prompt.ok()) << body;
  return prompt ? *prompt : Prompt{};
}

/// The `data` of each event of a stream.
std::vector<std::string> events_of(const Reply& reply) {
  const auto source = script_source(reply.script);
  std::vector<std::string> out;
  for (bool last = false; !last;) {
    std::string event;
    last = source->next(event).last;
    const auto at = event.find("data: ");
    out.push_back(event.substr(at + 6, event.size() - at - 8));
  }
  return out;
}

class Replies : public testing::Test {
 protected:
  Faults faults_;
  ReplyShape shape_{"0123456789abcdef", 6, 0, &faults_};
};

TEST_F(Replies, ChatStreamSaysTheSameAsTheWhole) {
  auto prompt = prompt_of(Api::chat, R"({"model":"m","messages":[{"role":"user","content":"a \"b\" c"}]})");
  const auto whole = Json::parse(*chat_reply(prompt, shape_).body);
  prompt.stream = prompt.include_usage = true;
  const auto events = events_of(chat_reply(prompt, shape_));
  std::string text;
  for (std::size_t i = 0; i + 2 < events.size(); ++i)
    text += Json::parse(events[i])["choices"][0]["delta"].value("content", "");
  EXPECT_EQ(whole["choices"][0]["message"]["content"], text);
  EXPECT_EQ(events.back(), "[DONE]");
  const auto usage = Json::parse(events[events.size() - 2]);
  EXPECT_EQ(usage["usage"], whole["usage"]);
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(Json::parse(events[events.size() - 3])["choices"][0]["finish_reason"], "stop");
}

TEST_F(Replies, MaxTokensCutsShort) {
  const auto prompt = prompt_of(Api::chat, R"({"model":"m","max_tokens":3,"messages":[]})");
  const auto whole = Json::parse(*chat_reply(prompt, shape_).body);
  EXPECT_EQ(whole["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(whole["usage"]["completion_tokens"], 3);
}

TEST_F(Replies, ToolsAreCalledWhenThePromptSaysSo) {
  const auto body = [](const char* text, const char* choice) {
    return std::string(R"({"model":"m","messages":[{"role":"user","content":")") + text + "\"}]," + kTools + choice +
           "}";
  };
  EXPECT_FALSE(prompt_of(Api::chat, body("hello", "")).tool.has_value());
  EXPECT_FALSE(prompt_of(Api::chat, body("use a tool", R"(,"tool_choice":"none")")).tool.has_value());
  EXPECT_TRUE(prompt_of(Api::chat, body("hello", R"(,"tool_choice":"required")")).tool.has_value());
  EXPECT_TRUE(prompt_of(Api::chat, body("hello", R"(,"tool_choice":{"type":"function","function":{"name":"weather"}})"))
                  .tool.has_value());
  EXPECT_FALSE(prompt_of(Api::chat, body("hello", R"(,"tool_choice":{"type":"function","function":{"name":"other"}})"))
                   .tool.has_value());
  auto prompt = prompt_of(Api::chat, body("use a tool", ""));
  ASSERT_TRUE(prompt.tool.has_value());
  EXPECT_EQ(Json::parse(prompt.tool->arguments), Json::parse(R"({"place":"use a tool","days":42,"unit":"C"})"));
  prompt.stream = true;
  const auto events = events_of(chat_reply(prompt, shape_));
  std::string arguments;
  for (std::size_t i = 0; i + 2 < events.size(); ++i)
    arguments += Json::parse(events[i])["choices"][0]["delta"]["tool_calls"][0]["function"].value("arguments", "");
  EXPECT_EQ(arguments, prompt.tool->arguments);
}

TEST_F(Replies, AToolsResultIsAnsweredWithWords) {
  const auto body =
      std::string(R"({"model":"m","messages":[{"role":"user","content":"tool"},{"role":"tool","content":"7"}],)") +
      kTools + "}";
  EXPECT_FALSE(prompt_of(Api::chat, body).tool.has_value());
  const auto* const anthropic =
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","content":"tool"}]}],"tools":[{"name":"t","input_schema":{}}]})";
  EXPECT_FALSE(prompt_of(Api::messages, anthropic).tool.has_value());
}

TEST_F(Replies, MissingEnds) {
  auto prompt = prompt_of(Api::chat, R"({"model":"m","stream":true,"messages":[]})");
  faults_.no_finish = true;
  auto events = events_of(chat_reply(prompt, shape_));
  EXPECT_EQ(events.back(), "[DONE]");
  for (std::size_t i = 0; i + 1 < events.size(); ++i)
    EXPECT_TRUE(Json::parse(events[i])["choices"][0]["finish_reason"].is_null());
  faults_.no_finish = false;
  faults_.no_done = true;
  EXPECT_EQ(Json::parse(events_of(chat_reply(prompt, shape_)).back())["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(Json::parse(events_of(messages_reply(prompt, shape_)).back())["type"], "message_delta");
  EXPECT_EQ(Json::parse(events_of(responses_reply(prompt, shape_)).back())["type"], "response.output_item.done");
}

TEST_F(Replies, AnErrorEventEndsTheStream) {
  const auto prompt = prompt_of(Api::chat, R"({"model":"m","stream":true,"messages":[]})");
  faults_.error_chunk = 2;
  const auto events = events_of(chat_reply(prompt, shape_));
  EXPECT_EQ(events.size(), 4U);
  EXPECT_TRUE(Json::parse(events.back()).contains("error"));
}

TEST_F(Replies, ResponsesEventsAreNumbered) {
  const auto prompt = prompt_of(Api::responses, R"({"model":"m","stream":true,"input":"hello"})");
  const auto events = events_of(responses_reply(prompt, shape_));
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(Json::parse(events[i])["sequence_number"], i);
  EXPECT_EQ(Json::parse(events.front())["type"], "response.created");
  const auto end = Json::parse(events.back());
  EXPECT_EQ(end["type"], "response.completed");
  EXPECT_TRUE(end["response"]["output"][0]["content"][0]["text"].get<std::string>().starts_with("You said: hello"));
}

TEST_F(Replies, MessagesUseTools) {
  const auto* const body =
      R"({"model":"m","messages":[{"role":"user","content":"tool"}],"tools":[{"name":"t","input_schema":{"type":"object","properties":{"x":{"type":"boolean"}}}}]})";
  const auto whole = Json::parse(*messages_reply(prompt_of(Api::messages, body), shape_).body);
  EXPECT_EQ(whole["stop_reason"], "tool_use");
  EXPECT_EQ(whole["content"][0]["input"], Json::parse(R"({"x":true})"));
}

TEST_F(Replies, LongTextsAreMadeWhileTheyAreSent) {
  faults_.size = 100'000'000;
  auto prompt = prompt_of(Api::chat, R"({"model":"m","messages":[]})");
  const auto reply = chat_reply(prompt, shape_);
  ASSERT_TRUE(reply.long_body);
  EXPECT_GT(reply.long_body->bytes(), 100'000'000U);
  EXPECT_LT(reply.long_body->before.size() + reply.long_body->after.size(), 1'000U);
  prompt.stream = true;
  EXPECT_EQ(responses_reply(prompt, shape_).script->text.bytes(), 100'000'000U);
}

TEST(Embeddings, BothFormsAreTheSameNumbers) {
  Json request{{"model", "e"}, {"input", Json::array({"a", "b"})}, {"dimensions", 3U}};
  const auto numbers = Json::parse(*embeddings_body(request, 0));
  EXPECT_EQ(numbers["data"].size(), 2U);
  EXPECT_EQ(numbers["data"][0]["embedding"].size(), 3U);
  EXPECT_NE(numbers["data"][0]["embedding"], numbers["data"][1]["embedding"]);
  request["encoding_format"] = "base64";
  const auto packed = Json::parse(*embeddings_body(request, 0));
  EXPECT_EQ(packed["data"][0]["embedding"].get<std::string>().size(), 16U);
}

TEST(Models, BothShapes) {
  const std::vector<std::string> models{"a", "b"};
  EXPECT_EQ(Json::parse(models_body(models, false))["object"], "list");
  EXPECT_EQ(Json::parse(models_body(models, true))["last_id"], "b");
  EXPECT_FALSE(model_body(models, "c", false).has_value());
  EXPECT_TRUE(model_body(models, "fault-reset", false).has_value());
}

}  // namespace
}  // namespace tidegate::sim
