#include "daemon/gateway/stream_end.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/upstream/stream_judge.h"

namespace tidegate::gateway {
namespace {

using testing::EndsWith;
using testing::StartsWith;
using upstream::Dialect;

bool event_stream(std::vector<Header> headers) {
  upstream::ResponseHead head;
  head.headers = std::move(headers);
  return is_event_stream(head);
}

TEST(IsEventStream, IsWhatCanBeReadOnTheWay) {
  EXPECT_TRUE(event_stream({{"Content-Type", "text/event-stream"}}));
  EXPECT_TRUE(event_stream({{"content-type", "Text/Event-Stream; charset=utf-8"}, {"Content-Encoding", "identity"}}));
  EXPECT_FALSE(event_stream({{"Content-Type", "text/event-stream"}, {"Content-Encoding", "gzip"}}));
  EXPECT_FALSE(event_stream({{"Content-Type", "application/json"}}));
  EXPECT_FALSE(event_stream({}));
}

class ErrorEvent : public testing::TestWithParam<Dialect> {};

nlohmann::json data_of(const std::string& event) {
  const auto data = event.substr(event.find("data: ") + 6);
  EXPECT_EQ(data.find('\n'), data.size() - 2) << "the data is one line";
  return nlohmann::json::parse(data, nullptr, false);
}

TEST_P(ErrorEvent, IsOneEventAndNoEnd) {
  for (const auto& event : {error_event(GetParam(), {ErrorCode::upstream_timeout, "line\nbreak \xff \"quoted\""}),
                            answer_as_error_event(GetParam(), 502, "<html>\n\xff"),
                            answer_as_error_event(GetParam(), 429, R"({"error":{"message":"a\n\nb","code":1}})")}) {
    EXPECT_THAT(event, EndsWith("\n\n"));
    upstream::StreamJudge judge(GetParam());
    judge.feed(event);
    EXPECT_TRUE(judge.can_insert_event());
    EXPECT_FALSE(judge.complete()) << "an error is never a terminal event";
    EXPECT_TRUE(judge.failed() || GetParam() == Dialect::unknown) << event;
    const auto data = data_of(event);
    // What the SDKs raise on: OpenAI's on `error`, Anthropic's on the event's name.
    EXPECT_TRUE(data["error"].is_object() && !data["error"]["message"].get<std::string>().empty()) << event;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, ErrorEvent,
                         testing::Values(Dialect::chat, Dialect::messages, Dialect::responses, Dialect::unknown));

TEST(ErrorEventDialect, IsThatOfTheStream) {
  const Error error{ErrorCode::upstream_truncated, "cut"};
  EXPECT_EQ(error_event(Dialect::chat, error),
            "data: {\"error\":{\"message\":\"cut\",\"type\":\"tidegate_error\",\"code\":\"upstream_truncated\","
            "\"param\":null}}\n\n");
  const auto messages = error_event(Dialect::messages, error);
  EXPECT_THAT(messages, StartsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\""));
  const auto responses = error_event(Dialect::responses, error);
  EXPECT_THAT(responses, StartsWith("event: error\ndata: {\"type\":\"error\",\"code\":\"upstream_truncated\""));
}

TEST(AnswerAsErrorEvent, TheUpstreamsErrorStaysAsItIs) {
  const auto* body =
      R"({"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded","param":"messages"}})";
  EXPECT_EQ(data_of(answer_as_error_event(Dialect::chat, 400, body)), nlohmann::json::parse(body));
  const auto responses = data_of(answer_as_error_event(Dialect::responses, 400, body));
  EXPECT_EQ(responses["code"], "context_length_exceeded");
  EXPECT_EQ(responses["message"], "too long");
  const auto* anthropic = R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})";
  EXPECT_EQ(data_of(answer_as_error_event(Dialect::messages, 529, anthropic)), nlohmann::json::parse(anthropic));
}

TEST(AnswerAsErrorEvent, WhatIsNoErrorObjectIsTold) {
  for (const auto& body : {std::string("<html>Bad Gateway</html>"), std::string(), std::string("[1]"),
                           std::string("{\"error\":null}"), std::string(60'000, '[')}) {
    const auto error = data_of(answer_as_error_event(Dialect::chat, 502, body))["error"];
    EXPECT_EQ(error["message"], "the proxy answered 502");
    EXPECT_EQ(error["code"], "502");
    EXPECT_EQ(error["type"], "upstream_error");
  }
  EXPECT_EQ(data_of(answer_as_error_event(Dialect::chat, 500, R"({"error":"plain"})"))["error"]["message"], "plain");
  EXPECT_EQ(answer_as_text(200, R"({"choices":[]})"),
            "the proxy answered 200 with something else than an event stream");
  EXPECT_EQ(answer_as_text(429, R"({"error":{"message":"slow down"}})"), "the proxy answered 429: slow down");
  // Nesting costs stack when it is written out.
  const auto deep = R"({"error":{"message":"m","x":)" + std::string(30'000, '[') + std::string(30'000, ']') + "}}";
  EXPECT_TRUE(data_of(answer_as_error_event(Dialect::chat, 500, deep))["error"].is_object());
}

TEST(Truncation, EachReasonIsTold) {
  using observe::Truncation;
  EXPECT_EQ(truncation_by(ErrorCode::upstream_timeout), Truncation::stalled);
  EXPECT_EQ(truncation_by(ErrorCode::upstream_reset), Truncation::reset);
  EXPECT_EQ(truncation_by(ErrorCode::upstream_protocol), Truncation::bad_framing);
  EXPECT_EQ(truncation_by(ErrorCode::upstream_truncated), Truncation::reset);
  std::set<std::string> texts;
  for (const auto reason : {Truncation::done_without_finish, Truncation::malformed_chunk, Truncation::error_chunk,
                            Truncation::cut_before_finish, Truncation::cut_body}) {
    EXPECT_EQ(truncation_error(reason).code, ErrorCode::upstream_truncated);
    texts.insert(truncation_error(reason).message);
  }
  EXPECT_EQ(texts.size(), 5U);
}

}  // namespace
}  // namespace tidegate::gateway
