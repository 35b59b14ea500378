#include "daemon/dispatch/answer_check.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>

#include "tests/unit/dispatch/fake_transport.h"

namespace tidegate::dispatch {
namespace {

using upstream::FakeAttempt;
using upstream::FakeStream;

constexpr std::chrono::system_clock::time_point kNow{};

struct AnswerCheckTest : testing::Test {
  AnswerCheckTest() { attempt->wakeup = &wakeup; }

  std::string all() {
    auto stream = check.release();
    std::string bytes;
    std::string piece;
    while (stream->available() > 0) {
      stream->take(piece);
      bytes += piece;
    }
    return bytes;
  }

  asio::io_context loop;
  Wakeup wakeup{loop.get_executor()};
  std::shared_ptr<FakeAttempt> attempt = std::make_shared<FakeAttempt>();
  AnswerCheck check{std::make_unique<FakeStream>(attempt)};
};

TEST_F(AnswerCheckTest, WaitsForTheHead) {
  EXPECT_FALSE(check.ready());
  attempt->fail(ErrorCode::upstream_reset);
  EXPECT_TRUE(check.ready());
  EXPECT_EQ(check.outcome(kNow).transport, ErrorCode::upstream_reset);
  EXPECT_FALSE(check.outcome(kNow).status);
}

TEST_F(AnswerCheckTest, AShortAnswerIsWaitedForWhole) {
  attempt->head("HTTP/1.1 200 OK\nContent-Length: 4\n").bytes("{\"a");
  EXPECT_FALSE(check.ready());
  attempt->bytes("}");
  EXPECT_FALSE(check.ready()) << "its end may yet be missing";
  attempt->end();
  EXPECT_TRUE(check.ready());
  EXPECT_EQ(check.outcome(kNow).status, 200);
  EXPECT_FALSE(check.outcome(kNow).body.is_error);
  EXPECT_EQ(all(), "{\"a}");
}

TEST_F(AnswerCheckTest, AShortAnswerThatBreaksOffIsAFailure) {
  attempt->head("HTTP/1.1 200 OK\nContent-Length: 9\n").bytes("{\"a");
  attempt->fail(ErrorCode::upstream_truncated);
  EXPECT_TRUE(check.ready());
  EXPECT_EQ(check.outcome(kNow).transport, ErrorCode::upstream_truncated);
}

TEST_F(AnswerCheckTest, ALongAnswerGoesAtItsFirstByte) {
  attempt->head("HTTP/1.1 200 OK\nContent-Length: 65537\nContent-Type: application/json\n");
  EXPECT_FALSE(check.ready());
  attempt->bytes("{");
  EXPECT_TRUE(check.ready());
  EXPECT_EQ(all(), "{");
}

TEST_F(AnswerCheckTest, AnErrorBehindAGoodStatusIsSeenWithoutALengthToo) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\nTransfer-Encoding: chunked\n");
  attempt->bytes(R"({"error":{"message":"no )");
  EXPECT_FALSE(check.ready());
  attempt->bytes(R"(luck","code":"x"}})").end();
  EXPECT_TRUE(check.ready());
  EXPECT_TRUE(check.outcome(kNow).body.is_error);
  EXPECT_EQ(check.outcome(kNow).body.text, "no luck");
  EXPECT_EQ(all(), R"({"error":{"message":"no luck","code":"x"}})");
}

TEST_F(AnswerCheckTest, OtherAnswersWithoutALengthGoAtTheirFirstByte) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: audio/mpeg\nTransfer-Encoding: chunked\n").bytes("x");
  EXPECT_TRUE(check.ready());
}

TEST_F(AnswerCheckTest, NoMoreThanTheBoundIsHeld) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: application/json\nTransfer-Encoding: chunked\n");
  attempt->bytes(std::string(AnswerCheck::kHeldAnswer - 1, ' '));
  EXPECT_FALSE(check.ready());
  attempt->bytes(" ");
  EXPECT_TRUE(check.ready());
}

TEST_F(AnswerCheckTest, AFailuresBodyIsReadAndItsBreakingOffChangesNothing) {
  attempt->head("HTTP/1.1 429 Slow\nRetry-After: 2\nContent-Length: 99\n").bytes(R"({"error":{"code":"slow_down"}})");
  EXPECT_FALSE(check.ready());
  attempt->fail(ErrorCode::upstream_truncated);
  EXPECT_TRUE(check.ready());
  const auto outcome = check.outcome(kNow);
  EXPECT_EQ(outcome.status, 429);
  EXPECT_FALSE(outcome.transport);
  EXPECT_EQ(outcome.retry_after, std::chrono::seconds(2));
}

TEST_F(AnswerCheckTest, AStreamGoesWithItsFirstEvent) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n");
  attempt->bytes(": working\n\ndata: {\"id\":1}\n");
  EXPECT_FALSE(check.ready());
  attempt->bytes("\n");
  EXPECT_TRUE(check.ready());
  EXPECT_FALSE(check.outcome(kNow).body.is_error);
  EXPECT_EQ(all(), ": working\n\ndata: {\"id\":1}\n\n");
}

TEST_F(AnswerCheckTest, AStreamThatBeginsWithAnErrorIsAFailure) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n");
  attempt->bytes("data: {\"error\":{\"code\":502,\"message\":\"provider gone\"}}\n\n");
  EXPECT_TRUE(check.ready());
  EXPECT_TRUE(check.outcome(kNow).body.is_error);
  EXPECT_EQ(check.outcome(kNow).body.code, "502");
}

TEST_F(AnswerCheckTest, ALongFirstEventIsNotWaitedFor) {
  attempt->head("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n");
  attempt->bytes("data: " + std::string(AnswerCheck::kFirstEvent - 7, 'x'));
  EXPECT_FALSE(check.ready());
  attempt->bytes("x");
  EXPECT_TRUE(check.ready());
}

TEST(FirstEventData, IsFoundWhateverTheLineEnds) {
  EXPECT_EQ(first_event_data("data: a\n\n"), "a");
  EXPECT_EQ(first_event_data("data: a\r\n\r\n"), "a");
  EXPECT_EQ(first_event_data("data:a\r\r"), "a");
  EXPECT_EQ(first_event_data("event: error\ndata: a\nid: 1\n\nrest"), "a");
  EXPECT_EQ(first_event_data("\n\n: note\n\ndata: a\n\n"), "a");
  EXPECT_EQ(first_event_data("data: a\n"), std::nullopt);
  EXPECT_EQ(first_event_data(""), std::nullopt);
}

}  // namespace
}  // namespace tidegate::dispatch
