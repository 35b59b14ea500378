#include "daemon/gateway/heartbeat.h"

#include <nlohmann/json.hpp>

#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using observe::Outcome;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kStream =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

struct HeartbeatTest : GatewayTest {
  HeartbeatTest() {
    snapshot.settings.queue.heartbeat = 10s;
    snapshot.settings.queue.max_wait = 60s;
    apply();
  }
  http::ClientEnd begin(std::string_view path = "/v1/chat/completions", std::string_view fields = "",
                        std::string_view body = R"({"model":"the \"model\"","stream":true})",
                        std::string_view version = "1.1") {
    auto client = connect();
    client.send(post(path, body, fields, version));
    wire.settle();
    return client;
  }
  std::string after(http::ClientEnd& client, Clock::duration time) {
    wire.run_for(time, 100ms);
    return client.receive();
  }
  static nlohmann::json data_of(const std::string& bytes) {
    const auto at = bytes.rfind("data: ") + 6;
    return nlohmann::json::parse(bytes.substr(at, bytes.find("\n\n", at) - at));
  }
};

TEST_F(HeartbeatTest, AWaitingClientGetsItsHeadAndChunksThatSayNothing) {
  auto client = begin();
  EXPECT_EQ(after(client, 9800ms), "") << "not before the threshold";
  const auto head = after(client, 400ms);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nx-request-id: req_"));
  EXPECT_THAT(head, HasSubstr("\r\nx-tidegate-id: req_"));
  EXPECT_THAT(head, HasSubstr("\r\nx-tidegate-attempts: 1\r\nx-tidegate-queue-ms: 0\r\n"));
  const auto chunk = data_of(head);
  EXPECT_EQ(chunk["object"], "chat.completion.chunk");
  EXPECT_EQ(chunk["model"], "the \"model\"");
  EXPECT_EQ(chunk["choices"], nlohmann::json::array());
  EXPECT_TRUE(chunk["created"].is_number_integer());
  EXPECT_THAT(chunk["id"].get<std::string>(), StartsWith("chatcmpl-"));
  EXPECT_EQ(after(client, 9500ms), "");
  EXPECT_THAT(after(client, 1s), HasSubstr("\"choices\":[]"));

  attempt()
      .head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\nX-Up: 1\n")
      .bytes(kStream)
      .end();
  wire.settle();
  const auto rest = client.receive();
  EXPECT_THAT(rest, EndsWith("\r\n" + kStream + "\r\n0\r\n\r\n"));
  EXPECT_THAT(rest, Not(HasSubstr("HTTP/1.1"))) << "there is one head only";
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_EQ(counters.streams.heartbeats, 2U);
  EXPECT_EQ(transport->attempts.size(), 1U);
}

TEST_F(HeartbeatTest, InTheDialectOfThePath) {
  auto messages = begin("/v1/messages");
  auto responses = begin("/v1/responses");
  auto legacy = begin("/v1/completions");
  wire.run_for(11s, 100ms);
  EXPECT_THAT(messages.receive(), HasSubstr("event: ping\ndata: {\"type\":\"ping\"}\n\n"));
  EXPECT_THAT(responses.receive(),
              HasSubstr("event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":0}\n\n"));
  EXPECT_EQ(data_of(legacy.receive())["object"], "text_completion");
}

TEST_F(HeartbeatTest, ReadersThatAreStrictGetAComment) {
  for (const char* fields : {"X-Stainless-Helper-Method: stream\r\n", "x-stainless-lang: python\r\n"}) {
    auto client = begin("/v1/responses", fields);
    const auto answer = after(client, 11s);
    EXPECT_THAT(answer, HasSubstr(": keepalive\n\n"));
    EXPECT_THAT(answer, Not(HasSubstr("data:")));
  }
}

TEST_F(HeartbeatTest, OnlyForStreamsOfAKnownDialect) {
  auto plain = begin("/v1/chat/completions", "", R"({"model":"x"})");
  auto other = begin("/v1/audio/speech");
  snapshot.settings.queue.heartbeat = 0s;
  apply();
  auto off = begin();
  wire.run_for(50s, 100ms);
  EXPECT_EQ(plain.receive() + other.receive() + off.receive(), "");
  EXPECT_EQ(counters.streams.heartbeats, 0U);
}

TEST_F(HeartbeatTest, WhileItIsQueued) {
  queue.set_bounds({1, 10, 1'000'000});
  auto first = begin();
  auto second = begin();
  wire.run_for(12s, 100ms);
  const auto head = second.receive();
  EXPECT_THAT(head, HasSubstr("\r\nx-tidegate-attempts: 0\r\n"));
  EXPECT_THAT(head, HasSubstr("\"choices\":[]"));
  EXPECT_THAT(head, testing::ContainsRegex("x-tidegate-queue-ms: (9|10)[0-9][0-9][0-9]"));
  // It never gets its turn: that is told in the stream, which ends as it should.
  wire.run_for(60s, 100ms);
  const auto rest = second.receive();
  EXPECT_THAT(rest, HasSubstr("data: {\"error\":{\"message\":"));
  EXPECT_THAT(rest, HasSubstr("\"code\":\"queue_timeout\""));
  EXPECT_THAT(rest, EndsWith("0\r\n\r\n"));
  EXPECT_THAT(rest, Not(HasSubstr("DONE")));
  EXPECT_FALSE(second.ended());
  EXPECT_EQ(last_exchange().end.status, 200);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::failed);
  EXPECT_EQ(counters.refusals_for(ErrorCode::queue_timeout), 1U);
}

TEST_F(HeartbeatTest, WhileItBacksOffAndThenOneAnswer) {
  snapshot.settings.retry.max_attempts = 3;
  apply();
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t number) {
    if (number == 1) attempt.answer(503, "{}", "Retry-After: 25\n");
  };
  auto client = begin("/v1/chat/completions", "Accept-Encoding: gzip\r\n");
  EXPECT_THAT(after(client, 24s), HasSubstr("\"choices\":[]"));
  ASSERT_EQ(transport->attempts.size(), 1U);
  wire.run_for(4s, 100ms);
  ASSERT_EQ(transport->attempts.size(), 2U);
  for (const auto& [name, value] : attempt().headers)
    EXPECT_NE(name, "Accept-Encoding") << "the head has promised none";
  attempt()
      .head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nContent-Length: " + std::to_string(kStream.size()) +
            "\n")
      .bytes(kStream)
      .end();
  wire.settle();
  EXPECT_THAT(client.receive(), EndsWith(kStream + "\r\n0\r\n\r\n"));
}

TEST_F(HeartbeatTest, AnErrorThatComesThenIsAnEvent) {
  auto client = begin();
  after(client, 11s);
  attempt().answer(400, R"({"error":{"message":"not with sk-upstream-key","code":"context_length_exceeded"}})");
  wire.settle();
  const auto rest = client.receive();
  EXPECT_EQ(data_of(rest)["error"]["message"], "not with [redacted]");
  EXPECT_EQ(data_of(rest)["error"]["code"], "context_length_exceeded");
  EXPECT_THAT(rest, EndsWith("\n\n\r\n0\r\n\r\n"));
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::failed);
  EXPECT_EQ(last_exchange().end.error, "the proxy answered 400: not with [redacted]");
}

TEST_F(HeartbeatTest, AnAnswerThatIsNoStreamIsAnEventToo) {
  for (const std::string head : {"HTTP/1.1 200 OK\nContent-Type: application/json\n",
                                 "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nContent-Encoding: gzip\n",
                                 "HTTP/1.1 204 No Content\n", "HTTP/1.1 302 Found\n"}) {
    auto client = begin("/v1/messages");
    after(client, 11s);
    attempt().head(head).bytes("{}").end();
    wire.settle();
    const auto rest = client.receive();
    EXPECT_THAT(rest, HasSubstr("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"upstream_error\""))
        << head;
    EXPECT_THAT(rest, EndsWith("0\r\n\r\n"));
  }
}

TEST_F(HeartbeatTest, AnAnswerWithoutEndIsNotReadToIt) {
  auto client = begin();
  after(client, 11s);
  attempt().head("HTTP/1.1 500 No\nContent-Type: text/plain\n").bytes(std::string(100'000, 'x'));
  wire.settle();
  EXPECT_THAT(client.receive(), HasSubstr("the proxy answered 500"));
  EXPECT_FALSE(attempt().open);
}

TEST_F(HeartbeatTest, ACutStreamBehindItBreaks) {
  auto client = begin();
  after(client, 11s);
  attempt()
      .head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n")
      .bytes("data: {\"choices\":[{\"index\":0}]}\n\ndata: [DONE]\n\n")
      .end();
  wire.settle();
  const auto rest = client.receive();
  EXPECT_THAT(rest, HasSubstr("\"error\""));
  EXPECT_THAT(rest, Not(HasSubstr("DONE")));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(HeartbeatTest, WhileTheUpstreamStreamsCommentsOnly) {
  auto client = begin();
  attempt().head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n").bytes(": PROCESSING\n\n");
  EXPECT_THAT(after(client, 11s), HasSubstr("\"choices\":[]"));
  EXPECT_THAT(after(client, 10s), HasSubstr("\"choices\":[]"));
  attempt().bytes("data: {\"choices\":[{\"index\":0}]}\n\n");
  wire.settle();
  client.receive();
  EXPECT_EQ(after(client, 25s), "") << "behind the first data the stream is the upstream's alone";
  attempt().bytes(kStream).end();
  wire.settle();
  EXPECT_THAT(client.receive(), EndsWith(kStream + "\r\n0\r\n\r\n"));
  EXPECT_EQ(counters.streams.heartbeats, 2U);
}

TEST_F(HeartbeatTest, AHangUpCancelsAsEver) {
  auto client = begin();
  after(client, 11s);
  EXPECT_TRUE(attempt().open);
  client.close();
  wire.settle();
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::cancelled);
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(HeartbeatTest, AnOldClientGetsItWithoutChunks) {
  auto client = begin("/v1/chat/completions", "", R"({"model":"x","stream":true})", "1.0");
  const auto head = after(client, 11s);
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\n\r\ndata: {"));
}

}  // namespace
}  // namespace tidegate::gateway
