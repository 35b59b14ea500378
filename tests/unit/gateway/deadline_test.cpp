// What a client says of its request's time, and what comes of it at each stage.
#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using observe::Outcome;
using observe::Truncation;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kEvents = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n";
const std::string kText =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n";

struct DeadlineTest : GatewayTest {
  http::ClientEnd begin(std::string_view fields, std::string_view body = R"({"model":"x","stream":true})") {
    auto client = connect();
    client.send(post("/v1/chat/completions", body, fields));
    wire.settle();
    return client;
  }
};

TEST_F(DeadlineTest, OneThatCannotBeReadIsRefusedBeforeTheUpstreamIsCalled) {
  for (const auto* value : {"", "0", "soon", "86400001", "1.5"}) {
    auto client = begin("X-Tidegate-Deadline-Ms: " + std::string(value) + "\r\n");
    const auto answer = client.receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << value;
    EXPECT_THAT(answer, HasSubstr("X-Tidegate-Deadline-Ms"));
    EXPECT_THAT(answer, HasSubstr("x-should-retry: false"));
    EXPECT_FALSE(client.ended()) << "the connection can be used on";
  }
  EXPECT_TRUE(transport->attempts.empty());
}

TEST_F(DeadlineTest, InTheQueue) {
  queue.set_bounds({1, 10, 1 << 20});
  auto first = begin("");
  auto client = begin("X-Tidegate-Deadline-Ms: 700\r\n");
  wire.run_for(690ms, 10ms);
  EXPECT_EQ(client.receive(), "");
  wire.run_for(20ms, 10ms);
  const auto answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"deadline_exceeded\""));
  EXPECT_THAT(answer, HasSubstr("(X-Tidegate-Deadline-Ms) before it got its turn"));
  EXPECT_THAT(answer, HasSubstr("\r\nretry-after-ms: "));
  EXPECT_EQ(queue.depth(), 0U);
  EXPECT_EQ(transport->attempts.size(), 1U);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::failed);
}

TEST_F(DeadlineTest, WhileTheUpstreamSaysNothing) {
  auto client = begin("X-Tidegate-Deadline-Ms: 700\r\n");
  wire.run_for(690ms, 10ms);
  EXPECT_TRUE(attempt().open);
  wire.run_for(20ms, 10ms);
  EXPECT_THAT(client.receive(), HasSubstr("before its answer had begun"));
  EXPECT_FALSE(attempt().open) << "what was under way is ended";
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(DeadlineTest, InMidStreamItIsATruncation) {
  auto client = begin("X-Tidegate-Deadline-Ms: 1000\r\n");
  attempt().head(kEvents);
  std::string got;
  for (int i = 0; i < 9; ++i) {
    attempt().bytes(kText);
    wire.run_for(100ms, 10ms);
    got = client.receive();
    EXPECT_THAT(got, HasSubstr(kText));
  }
  wire.run_for(110ms, 10ms);
  const auto rest = client.receive();
  EXPECT_THAT(rest, HasSubstr("\"code\":\"deadline_exceeded\""));
  EXPECT_THAT(rest, Not(EndsWith("0\r\n\r\n")));
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
  EXPECT_EQ(last_exchange().end.truncation, Truncation::deadline);
}

TEST_F(DeadlineTest, InAnAnswerThatFlowsWithoutAPauseToo) {
  auto client = begin("X-Tidegate-Deadline-Ms: 100\r\n");
  attempt().head(kEvents);
  for (int i = 0; i < 30; ++i) {
    attempt().bytes(kText);
    wire.run_for(10ms, 10ms);
    client.receive();
  }
  EXPECT_EQ(last_exchange().end.truncation, Truncation::deadline);
}

TEST_F(DeadlineTest, InAnErrorAnswerThatIsPassedOnAlready) {
  auto client = begin("X-Tidegate-Deadline-Ms: 1000\r\n");
  attempt()
      .head("HTTP/1.1 400 No\nContent-Type: text/plain\nTransfer-Encoding: chunked\n")
      .bytes(std::string(std::size_t{200} << 10, 'x'));
  wire.run_for(500ms, 10ms);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
  wire.run_for(510ms, 10ms);
  EXPECT_THAT(client.receive(), Not(EndsWith("0\r\n\r\n")));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(last_exchange().end.truncation, Truncation::deadline);
}

TEST_F(DeadlineTest, InAnErrorAnswerThatDoesNotEnd) {
  auto client = begin("X-Tidegate-Deadline-Ms: 1000\r\n");
  attempt().head("HTTP/1.1 400 No\nContent-Type: application/json\nTransfer-Encoding: chunked\n").bytes("{\"error\"");
  wire.run_for(1010ms, 10ms);
  const auto answer = client.receive();
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400 No\r\n"));
  EXPECT_THAT(answer, testing::Not(EndsWith("0\r\n\r\n"))) << "a broken transfer";
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(DeadlineTest, AnAnswerThatIsWholeInTimeIsPassedOn) {
  auto client = begin("X-Tidegate-Deadline-Ms: 1000\r\n", R"({"model":"x"})");
  wire.run_for(900ms, 10ms);
  attempt().answer(200, "{}");
  wire.run_for(500ms, 10ms);
  EXPECT_THAT(client.receive(), EndsWith("{}"));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::succeeded);
}

TEST_F(DeadlineTest, AnSdkIsAnsweredBeforeItGivesUpInTheQueue) {
  queue.set_bounds({1, 10, 1 << 20});
  auto first = begin("");
  auto client = begin("x-stainless-timeout: 10\r\n", R"({"model":"x"})");
  wire.run_for(8'990ms, 10ms);
  EXPECT_EQ(client.receive(), "");
  wire.run_for(20ms, 10ms);
  const auto answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"queue_timeout\""));
  EXPECT_THAT(answer, HasSubstr("(x-stainless-timeout)"));
  EXPECT_THAT(answer, HasSubstr("\r\nretry-after-ms: "));
}

TEST_F(DeadlineTest, AnSdksTimeoutEndsNothingThatIsUnderWay) {
  auto client = begin("x-stainless-timeout: 2\r\nx-stainless-read-timeout: 2.0\r\n");
  wire.run_for(5s, 10ms);
  EXPECT_TRUE(attempt().open);
  attempt().head(kEvents).bytes(kText);
  wire.run_for(5s, 10ms);
  EXPECT_TRUE(attempt().open);
  EXPECT_THAT(client.receive(), HasSubstr(kText));
}

TEST_F(DeadlineTest, WhatAnSdkSaysThatCannotBeReadIsPassedOver) {
  auto client = begin("x-stainless-timeout: NOT_GIVEN\r\n", R"({"model":"x"})");
  attempt().answer(200, "{}");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(DeadlineTest, OnceItsAnswerHasBegunAnSdkIsNotWatchedAnyMore) {
  snapshot.settings.queue.heartbeat = 1s;
  apply();
  queue.set_bounds({1, 10, 1 << 20});
  auto first = begin("");
  auto client = begin("x-stainless-timeout: 3\r\n");
  wire.run_for(10s, 10ms);
  EXPECT_THAT(client.receive(), Not(HasSubstr("queue_timeout")));
  EXPECT_FALSE(client.ended());
}

}  // namespace
}  // namespace tidegate::gateway
