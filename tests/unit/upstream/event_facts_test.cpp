#include "daemon/upstream/event_facts.h"

#include <gtest/gtest.h>
#include <string>

namespace tidegate::upstream {
namespace {

EventFacts facts_of(std::string_view json) {
  EventFacts facts;
  JsonWalk walk;
  walk.feed(json, facts);
  EXPECT_TRUE(walk.whole()) << json;
  return facts;
}

std::string chunk(const std::string& choices) {
  return R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[)" + choices + "]}";
}

TEST(EventFacts, AFinishReasonBelongsToItsChoice) {
  const auto facts =
      facts_of(chunk(R"({"index":0,"delta":{},"finish_reason":null},{"index":2,"finish_reason":"stop"})"));
  EXPECT_EQ(facts.type(), EventType::chat_chunk);
  EXPECT_TRUE(facts.begun()[0] && !facts.begun()[1] && facts.begun()[2]);
  EXPECT_TRUE(!facts.finished()[0] && facts.finished()[2]);
}

TEST(EventFacts, TheOrderOfTheFieldsIsNobodysAffair) {
  const auto facts = facts_of(R"({"choices":[{"finish_reason":"length","delta":{"index":7},"index":1}]})");
  EXPECT_EQ(facts.type(), EventType::chat_chunk) << "a chunk is what has choices";
  EXPECT_TRUE(facts.finished()[1]);
  EXPECT_EQ(facts.finished().count(), 1U);
}

TEST(EventFacts, EveryReasonIsAFinish) {
  for (const char* reason : {"stop", "length", "content_filter", "tool_calls", "function_call", "eos"})
    EXPECT_TRUE(facts_of(chunk(R"({"index":0,"finish_reason":")" + std::string(reason) + "\"}")).finished()[0])
        << reason;
}

TEST(EventFacts, WhatOnlyLooksLikeAFinish) {
  for (const char* choice : {R"({"index":0,"finish_reason":null})", R"({"index":0,"finish_reason":""})",
                             R"({"index":0,"finish_reason":"null"})", R"({"index":0,"delta":{"finish_reason":"stop"}})",
                             R"({"index":0,"delta":{"content":"\"finish_reason\":\"stop\""}})", R"({"index":0})"}) {
    const auto facts = facts_of(chunk(choice));
    EXPECT_TRUE(facts.begun()[0]) << choice;
    EXPECT_FALSE(facts.finished()[0]) << choice;
  }
  EXPECT_TRUE(facts_of(R"({"finish_reason":"stop"})").finished().none());
  EXPECT_TRUE(facts_of(R"({"candidates":[{"finish_reason":"stop"}]})").finished().none());
}

TEST(EventFacts, OddIndexesCountAsSome) {
  EXPECT_TRUE(facts_of(chunk(R"({"delta":{}})")).begun()[0]) << "none is the first";
  EXPECT_TRUE(facts_of(chunk(R"({"index":99999999999999999999})")).begun().any());
  EXPECT_TRUE(facts_of(chunk(R"({"index":1000})")).begun()[EventFacts::kMaxChoices - 1]);
  EXPECT_TRUE(facts_of(chunk(R"({"index":-1})")).begun()[0]);
}

TEST(EventFacts, Errors) {
  for (const char* json : {
           R"({"error":{"message":"no","code":500}})",                                             // OpenAI, new-api
           R"({"id":"x","error":{"code":"server_error"},"choices":[{"finish_reason":"error"}]})",  // OpenRouter
           R"({"choices":[{"index":0,"finish_reason":"error"}]})", R"({"error":"overloaded"})",
           R"({"object":"error","message":"no","code":400})",  // vLLM
       })
    EXPECT_TRUE(facts_of(json).error()) << json;
  for (const char* json : {R"({"error":null})", R"({"error":""})", R"({"error":false})",
                           R"({"type":"response.created","response":{"error":{"a":1}}})",
                           R"({"choices":[{"delta":{"error":{}}}]})", R"({"message":"error"})"})
    EXPECT_FALSE(facts_of(json).error()) << json;
}

TEST(EventFacts, AStopReasonStandsInTheDelta) {
  EXPECT_TRUE(facts_of(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}})").stop_reason());
  EXPECT_FALSE(facts_of(R"({"type":"message_delta","delta":{"stop_reason":null}})").stop_reason());
  EXPECT_FALSE(facts_of(R"({"type":"message_start","message":{"stop_reason":"x"}})").stop_reason());
}

TEST(EventFacts, Types) {
  EXPECT_EQ(event_type("message_start"), EventType::message_part);
  EXPECT_EQ(event_type("content_block_delta"), EventType::message_part);
  EXPECT_EQ(event_type("message_stop"), EventType::message_stop);
  EXPECT_EQ(event_type("response.output_text.delta"), EventType::response_part);
  for (const char* name : {"response.completed", "response.incomplete", "response.cancelled"})
    EXPECT_EQ(event_type(name), EventType::response_ended) << name;
  EXPECT_EQ(event_type("response.failed"), EventType::response_failed);
  EXPECT_EQ(event_type("error"), EventType::error);
  for (const char* name : {"", "ping", "keepalive", "message", "message_stopped", "response", "completed"})
    EXPECT_EQ(event_type(name), EventType::none) << name;
  EXPECT_EQ(facts_of(R"({"type":"response.completed","response":{"type":"error"}})").type(), EventType::response_ended);
  EXPECT_EQ(facts_of(R"({"object":"text_completion"})").type(), EventType::chat_chunk);
}

}  // namespace
}  // namespace tidegate::upstream
