#include "daemon/gateway/stream_end.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/upstream/sse_scanner.h"

namespace tidegate::gateway {
namespace {

using testing::EndsWith;
using testing::StartsWith;

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

class ErrorEvent : public testing::TestWithParam<const char*> {};

TEST_P(ErrorEvent, IsOneEventAndNoEnd) {
  const auto event = error_event(GetParam(), {ErrorCode::upstream_timeout, "line\nbreak \xff \"quoted\""});
  EXPECT_THAT(event, EndsWith("\n\n"));
  upstream::SseScanner scanner;
  scanner.feed(event);
  EXPECT_TRUE(scanner.at_event_boundary());
  EXPECT_FALSE(scanner.ended()) << "an error is never a terminal event";
  const auto data = event.substr(event.find("data: ") + 6);
  EXPECT_EQ(data.find('\n'), data.size() - 2) << "the data is one line";
  EXPECT_TRUE(nlohmann::json::accept(data));
}

INSTANTIATE_TEST_SUITE_P(Paths, ErrorEvent,
                         testing::Values("/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/else"));

TEST(ErrorEventDialect, IsThatOfThePath) {
  const Error error{ErrorCode::upstream_truncated, "cut"};
  EXPECT_THAT(error_event("/v1/chat/completions", error), StartsWith("data: {\"error\":{"));
  const auto messages = error_event("/v1/messages", error);
  EXPECT_THAT(messages, StartsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\""));
  const auto responses = error_event("/v1/responses", error);
  EXPECT_THAT(responses, StartsWith("event: error\ndata: {\"type\":\"error\",\"code\":\"upstream_truncated\""));
}

}  // namespace
}  // namespace tidegate::gateway
