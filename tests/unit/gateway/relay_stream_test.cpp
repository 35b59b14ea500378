// Event streams through the gateway: what the client sees, and what is told of it.
#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using observe::Outcome;
using observe::Truncation;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHead = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n";
const std::string kText =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n";
const std::string kFinish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const std::string kDone = "data: [DONE]\n\n";

struct RelayStream : GatewayTest {
  http::ClientEnd begin(std::string_view path = "/v1/chat/completions") {
    auto client = connect();
    client.send(post(path, R"({"model":"x","stream":true})"));
    wire.settle();
    return client;
  }
  std::string now(http::ClientEnd& client) {
    wire.settle();
    return client.receive();
  }
  /// All that the client gets of these bytes and a good end.
  std::string whole(http::ClientEnd& client, const std::string& bytes, const std::string& head = kHead) {
    attempt().head(head).bytes(bytes).end();
    return now(client);
  }
  void expect_truncated(Truncation reason) {
    EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
    EXPECT_EQ(last_exchange().end.truncation, reason);
    EXPECT_FALSE(last_exchange().end.error.empty());
    EXPECT_EQ(counters.streams.truncated_by(reason), 1U);
    EXPECT_EQ(counters.streams.complete, 0U);
    EXPECT_EQ(transport->attempts.size(), 1U) << "nothing is repeated once a byte went out";
  }
};

TEST_F(RelayStream, AWholeOneIsCounted) {
  auto client = begin();
  const auto stream = kText + kFinish + kDone;
  EXPECT_THAT(whole(client, stream), EndsWith(stream + "\r\n0\r\n\r\n"));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_EQ(last_exchange().end.truncation, Truncation::none);
  EXPECT_EQ(counters.streams.complete, 1U);
  EXPECT_EQ(counters.streams.terminal_added, 0U);
}

TEST_F(RelayStream, ADoneWithoutAFinishBecomesAnErrorAndABreak) {
  auto client = begin();
  attempt().head(kHead).bytes(kText);
  now(client);
  attempt().bytes(kDone).end();
  const auto rest = now(client);
  EXPECT_THAT(rest, HasSubstr("data: {\"error\":{\"message\":\"the proxy ended the stream without a reason"));
  EXPECT_THAT(rest, Not(HasSubstr("DONE")));
  EXPECT_THAT(rest, Not(EndsWith("0\r\n\r\n")));
  EXPECT_TRUE(client.ended());
  expect_truncated(Truncation::done_without_finish);
}

TEST_F(RelayStream, ADoneThatLiesIsNotWaitedBehind) {
  auto client = begin();
  attempt().head(kHead).bytes(kText + kDone);
  EXPECT_THAT(now(client), HasSubstr("\"error\""));
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(attempt().open);
}

TEST_F(RelayStream, AnEndWithoutAFinishBecomesAnErrorAndABreak) {
  auto client = begin();
  const auto answer = whole(client, kText);
  EXPECT_THAT(answer, HasSubstr(kText));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"upstream_truncated\""));
  EXPECT_TRUE(client.ended());
  expect_truncated(Truncation::cut_before_finish);
}

TEST_F(RelayStream, AnEmptyOneIsNoAnswer) {
  auto client = begin();
  EXPECT_THAT(whole(client, ""), HasSubstr("data: {\"error\""));
  EXPECT_TRUE(client.ended());
  expect_truncated(Truncation::cut_before_finish);
}

TEST_F(RelayStream, AMissingDoneIsAdded) {
  auto client = begin();
  attempt().head(kHead).bytes(kText + kFinish);
  now(client);
  attempt().end();
  EXPECT_EQ(now(client), "e\r\n" + kDone + "\r\n0\r\n\r\n");
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_EQ(counters.streams.terminal_added, 1U);
}

TEST_F(RelayStream, BehindABreakNothingIsAdded) {
  auto client = begin();
  attempt().head(kHead).bytes(kText + kFinish);
  now(client);
  attempt().fail(ErrorCode::upstream_reset);
  const auto rest = now(client);
  EXPECT_THAT(rest, HasSubstr("\"code\":\"upstream_reset\""));
  EXPECT_THAT(rest, Not(HasSubstr("DONE")));
  expect_truncated(Truncation::reset);
}

TEST_F(RelayStream, EachFailureOfTheTransferHasItsReason) {
  for (const auto& [code, reason] : {std::pair(ErrorCode::upstream_timeout, Truncation::stalled),
                                     std::pair(ErrorCode::upstream_reset, Truncation::reset),
                                     std::pair(ErrorCode::upstream_protocol, Truncation::bad_framing),
                                     std::pair(ErrorCode::upstream_truncated, Truncation::reset)}) {
    transport->attempts.clear();
    auto client = begin();
    attempt().head(kHead).bytes(kText);
    now(client);
    attempt().fail(code);
    EXPECT_THAT(now(client), HasSubstr("data: {\"error\""));
    expect_truncated(reason);
    counters.streams = {};
  }
}

TEST_F(RelayStream, AnErrorThatTheUpstreamTellsPassesAsItIs) {
  const std::string error = "data: {\"error\":{\"message\":\"Provider disconnected\",\"code\":502}}\n\n";
  auto client = begin();
  EXPECT_THAT(whole(client, kText + error), EndsWith(kText + error + "\r\n0\r\n\r\n"));
  EXPECT_FALSE(client.ended());
  expect_truncated(Truncation::error_chunk);
}

TEST_F(RelayStream, ADoneBehindAnErrorIsNotPassedOn) {
  const std::string error = "data: {\"error\":{\"message\":\"no\"},\"choices\":[{\"finish_reason\":\"error\"}]}\n\n";
  auto client = begin();
  const auto answer = whole(client, kText + error + kDone);
  EXPECT_THAT(answer, EndsWith(kText + error + "\r\n0\r\n\r\n")) << "one error is enough";
  expect_truncated(Truncation::error_chunk);
}

TEST_F(RelayStream, AGarbledChunkIsTold) {
  auto client = begin();
  const auto answer = whole(client, kText + "data: {\"choices\":[{\n\n" + kFinish + kDone);
  EXPECT_THAT(answer, HasSubstr(kFinish)) << "what comes passes";
  EXPECT_THAT(answer, HasSubstr("no JSON"));
  EXPECT_THAT(answer, Not(HasSubstr("DONE")));
  expect_truncated(Truncation::malformed_chunk);
  EXPECT_EQ(counters.streams.malformed_chunks, 1U);
}

TEST_F(RelayStream, AClientThatLeavesBecauseOfAnErrorIsNoCancellation) {
  auto client = begin();
  attempt().head(kHead).bytes(kText + "data: {\"error\":{\"message\":\"no\"}}\n\n");
  now(client);
  client.close();
  wire.settle();
  expect_truncated(Truncation::error_chunk);
}

TEST_F(RelayStream, AMessageNeedsItsStopReason) {
  const std::string start = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n";
  auto client = begin("/v1/messages");
  const auto answer = whole(client, start + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  EXPECT_THAT(answer, HasSubstr("event: error\ndata: {\"type\":\"error\""));
  EXPECT_THAT(answer, Not(HasSubstr("message_stop")));
  expect_truncated(Truncation::done_without_finish);
}

TEST_F(RelayStream, AResponseNeedsItsEnd) {
  auto client = begin("/v1/responses");
  const auto answer = whole(client, "event: response.created\ndata: {\"type\":\"response.created\"}\n\n");
  EXPECT_THAT(answer, HasSubstr("event: error\ndata: {\"type\":\"error\""));
  expect_truncated(Truncation::cut_before_finish);
}

TEST_F(RelayStream, ASizedOneThatLacksItsFinishNeverReachesItsLength) {
  const auto head =
      "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nContent-Length: " + std::to_string(2 * kText.size()) + "\n";
  auto client = begin();
  attempt().head(head).bytes(kText);
  EXPECT_THAT(now(client), EndsWith(kText));
  attempt().bytes(kText);
  EXPECT_EQ(now(client), "") << "its last byte would say that it is whole";
  attempt().end();
  EXPECT_EQ(now(client), kText.substr(0, kText.size() - 1));
  EXPECT_TRUE(client.ended());
  expect_truncated(Truncation::cut_before_finish);
}

TEST_F(RelayStream, ASizedOneWithoutDoneKeepsItsLength) {
  const auto stream = kText + kFinish;
  auto client = begin();
  const auto answer = whole(
      client, stream,
      "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nContent-Length: " + std::to_string(stream.size()) + "\n");
  EXPECT_THAT(answer, EndsWith("\r\n\r\n" + stream));
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
}

TEST_F(RelayStream, ACompressedOneIsNotLookedInto) {
  auto client = begin();
  const auto answer = whole(client, "\x1f\x8b", std::string(kHead) + "Content-Encoding: gzip\n");
  EXPECT_THAT(answer, EndsWith("\x1f\x8b\r\n0\r\n\r\n"));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
  EXPECT_EQ(counters.streams.complete, 0U);
}

}  // namespace
}  // namespace tidegate::gateway
