// Passing answers on: the bytes as they come, the end only when it is beyond doubt.
#include "daemon/gateway/relay.h"

#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using observe::Outcome;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kStream = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n";
constexpr const char* kOpenEnd = "HTTP/1.1 200 OK\nContent-Type: application/json\n";
constexpr const char* kOpenEndStream = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n";

constexpr const char* kFinish = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n";

struct RelayTest : GatewayTest {
  // A client whose request is at the upstream.
  http::ClientEnd begin(std::string_view path = "/v1/chat/completions", std::string_view version = "1.1") {
    auto client = connect();
    client.send(post(path, R"({"model":"x"})", "", version));
    wire.settle();
    EXPECT_EQ(transport->attempts.size(), 1U);
    return client;
  }
  std::string now(http::ClientEnd& client) {
    wire.settle();
    return client.receive();
  }
};

TEST_F(RelayTest, ASizedAnswerComesThroughInOneWrite) {
  auto client = begin();
  attempt().answer(200, R"({"a": 1})", "Content-Type: application/json\nx-request-id: up-1\nSet-Cookie: c\n");
  const auto answer = now(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 Told\r\nContent-Type: application/json\r\nx-request-id: up-1\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nx-tidegate-attempts: 1\r\nx-tidegate-queue-ms: 0\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Set-Cookie")));
  EXPECT_EQ(body_of(answer), R"({"a": 1})");
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_EQ(last_exchange().record.bytes_sent, 8U);
}

TEST_F(RelayTest, AnAnswerWithoutAnIdGetsOurs) {
  auto client = begin();
  attempt().answer(200, "{}");
  EXPECT_THAT(now(client), HasSubstr("\r\nx-request-id: req_"));
}

TEST_F(RelayTest, AStreamComesThroughAsItArrives) {
  auto client = begin();
  attempt().head(kStream).bytes("data: 1\n\n");
  EXPECT_THAT(now(client), EndsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n"));
  attempt().bytes("data: 2");
  EXPECT_EQ(now(client), "7\r\ndata: 2\r\n");
  attempt().bytes("\n\ndata: [DONE]\n\n").end();
  EXPECT_EQ(now(client), "10\r\n\n\ndata: [DONE]\n\n\r\n0\r\n\r\n") << "the last bytes and the end in one";
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
}

TEST_F(RelayTest, AStreamThatIsCutBetweenEventsGetsAnErrorEventAndNoEnd) {
  auto client = begin();
  attempt().head(kStream).bytes("data: 1\n\n");
  now(client);
  attempt().fail(ErrorCode::upstream_timeout, "silent");
  const auto rest = now(client);
  EXPECT_THAT(rest, HasSubstr("data: {\"error\":{\"message\":\"silent\""));
  EXPECT_THAT(rest, Not(HasSubstr("0\r\n\r\n")));
  EXPECT_THAT(rest, Not(HasSubstr("[DONE]")));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
  EXPECT_EQ(last_exchange().end.error, "silent");
  EXPECT_EQ(counters.requests.truncated, 1U);
}

TEST_F(RelayTest, TheErrorEventIsInThePathsDialect) {
  auto client = begin("/v1/messages");
  attempt().head(kStream).bytes("event: ping\ndata: {}\n\n");
  now(client);
  attempt().fail(ErrorCode::upstream_reset);
  EXPECT_THAT(now(client), HasSubstr("event: error\ndata: {\"type\":\"error\""));
}

TEST_F(RelayTest, AStreamThatIsCutInsideAnEventIsOnlyBroken) {
  for (const std::string_view half : {"data: {\"a\"", "data: 1\n", "event: x\ndata: 1\n", "data: 1\n\ndata"}) {
    transport->attempts.clear();
    auto client = begin();
    attempt().head(kStream).bytes(": begun\n\ndata: {}\n\n").bytes(half);
    now(client);
    attempt().fail(ErrorCode::upstream_reset);
    EXPECT_EQ(now(client), "") << half;
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
  }
}

TEST_F(RelayTest, ACutBehindTheTerminalEventHasLostNothing) {
  auto client = begin();
  attempt().head(kStream).bytes(std::string(kFinish) + "data: [DONE]\n\n");
  now(client);
  attempt().fail(ErrorCode::upstream_reset);
  EXPECT_EQ(now(client), "0\r\n\r\n");
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
}

TEST_F(RelayTest, ACloseDelimitedJsonIsWholeOnlyIfItParses) {
  auto client = begin();
  attempt().head(kOpenEnd).bytes(R"({"a":)");
  now(client);
  attempt().bytes("1}").end();
  EXPECT_THAT(now(client), EndsWith("0\r\n\r\n"));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);

  transport->attempts.clear();
  auto other = begin();
  attempt().head(kOpenEnd).bytes(R"({"a":)");
  now(other);
  attempt().bytes("1").end();
  const auto rest = now(other);
  EXPECT_THAT(rest, Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(other.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(RelayTest, ACloseDelimitedStreamIsWholeOnlyBehindItsTerminalEvent) {
  auto client = begin();
  attempt().head(kOpenEndStream).bytes("data: 1\n\ndata: [DONE]\n\n").end();
  EXPECT_THAT(now(client), EndsWith("0\r\n\r\n"));

  transport->attempts.clear();
  auto other = begin();
  attempt().head(kOpenEndStream).bytes("data: 1\n\n").end();
  const auto answer = now(other);
  EXPECT_THAT(answer, HasSubstr("upstream_truncated"));
  EXPECT_THAT(answer, Not(HasSubstr("0\r\n\r\n")));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(RelayTest, AnHttp10ClientOfACutStreamIsReset) {
  auto client = begin("/v1/chat/completions", "1.0");
  attempt().head(kStream).bytes("data: 1\n\n");
  now(client);
  attempt().fail(ErrorCode::upstream_reset);
  now(client);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(RelayTest, ACutSizedAnswerEndsShort) {
  auto client = begin();
  attempt().head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nContent-Length: 100000\n").bytes("data: 1\n\n");
  EXPECT_THAT(now(client), EndsWith("data: 1\n\n"));
  attempt().fail(ErrorCode::upstream_reset);
  EXPECT_EQ(now(client), "") << "an error event would pass for the rest of the length";
  EXPECT_TRUE(client.ended());
}

TEST_F(RelayTest, AClientThatLeavesBehindTheTerminalEventHasSucceeded) {
  auto client = begin();
  attempt().head(kStream).bytes(std::string(kFinish) + "data: [DONE]\n\n");
  now(client);
  client.close();
  wire.settle();
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_FALSE(attempt().open);
}

TEST_F(RelayTest, AClientThatLeavesEarlierCancelsTheAttempt) {
  auto client = begin();
  attempt().head(kStream).bytes("data: 1\n\n");
  now(client);
  EXPECT_TRUE(attempt().open);
  client.close();
  wire.settle();
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::cancelled);
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(RelayTest, HeadGetsTheLengthAndNoBody) {
  auto client = connect();
  client.send("HEAD /v1/files/f_1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wire.settle();
  attempt().head("HTTP/1.1 200 OK\nContent-Length: 1000\n").end();
  const auto answer = now(client);
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 1000\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  EXPECT_FALSE(client.ended());
}

TEST_F(RelayTest, AnswersWithoutABodyKeepTheConnection) {
  auto client = connect();
  client.send("DELETE /v1/files/f_1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wire.settle();
  attempt().head("HTTP/1.1 204 No Content\n").end();
  const auto answer = now(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
  EXPECT_FALSE(client.ended());
}

}  // namespace
}  // namespace tidegate::gateway
