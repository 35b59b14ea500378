// The total times of a connection, under the manual clock: hours pass in milliseconds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/echo.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct ConnectionTimeoutsTest : testing::Test {
  EchoLog log;
  Wire wire;

  ClientEnd serve(std::string_view bytes = {}) {
    auto [connection, client] = wire.connect();
    wire.tasks.spawn(echo(connection, log));
    client.send(bytes);
    wire.settle();
    return std::move(client);
  }
  // One byte a second; returns after how many seconds the server had enough.
  int trickle(ClientEnd& client, int seconds) {
    for (int second = 0; second < seconds; ++second) {
      if (log.ended || !log.errors.empty()) return second;
      client.send("x");
      wire.run_for(1s);
    }
    return seconds;
  }
};

TEST_F(ConnectionTimeoutsTest, OneByteASecondDoesNotHoldAHead) {
  auto client = serve("GET / HTTP/1.1\r\nX: ");
  EXPECT_EQ(trickle(client, 60), 15);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_THAT(log.errors, ElementsAre(ErrorCode::request_timeout));
  wire.run_for(2s);
  EXPECT_TRUE(log.ended);
}

TEST_F(ConnectionTimeoutsTest, ASilentHeadIsCutAtTheSameTime) {
  auto client = serve("G");
  wire.run_for(14'900ms);
  EXPECT_TRUE(log.errors.empty());
  wire.run_for(200ms);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ConnectionTimeoutsTest, OneByteASecondDoesNotHoldABody) {
  for (const std::string framing : {"Content-Length: 9999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n270f\r\n"}) {
    log = {};
    auto client = serve("POST / HTTP/1.1\r\nHost: a\r\n" + framing);
    EXPECT_EQ(trickle(client, 600), 300) << framing;
    const auto answer = client.receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(answer, HasSubstr("\r\nRetry-After: "));
    wire.run_for(2s);
    EXPECT_TRUE(log.ended) << framing;
  }
}

// The read and the deadline become ready in the same turn of the loop: the deadline must not get lost.
TEST_F(ConnectionTimeoutsTest, AByteInTheDeadlinesOwnTurnDoesNotSaveIt) {
  for (const std::string begin : {"GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n",
                                  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n270f\r\n"}) {
    log = {};
    auto client = serve(begin);
    wire.run_for(begin[0] == 'G' ? 14'999ms : 299'999ms, 1s);
    ASSERT_TRUE(log.errors.empty()) << begin;
    client.send("x");
    ManualClock::advance(1ms);
    wire.settle();
    client.send("x");
    wire.run_for(1s);
    EXPECT_THAT(log.errors, ElementsAre(ErrorCode::request_timeout)) << begin;
  }
}

TEST_F(ConnectionTimeoutsTest, AnIdleConnectionEndsWithoutAnAnswer) {
  auto client = serve();
  wire.run_for(74'900ms);
  EXPECT_FALSE(log.ended);
  wire.run_for(200ms);
  EXPECT_TRUE(log.ended);
  EXPECT_EQ(client.receive(), "");
}

TEST_F(ConnectionTimeoutsTest, EachRequestBeginsTheIdleTimeAnew) {
  auto client = serve();
  for (int i = 0; i < 5; ++i) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    wire.run_for(70s, 1s);
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 ")) << i;
  }
  EXPECT_FALSE(log.ended);
  wire.run_for(6s);
  EXPECT_TRUE(log.ended);
}

TEST_F(ConnectionTimeoutsTest, TheHeadsTimeEndsWithTheHead) {
  auto client = serve("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  wire.run_for(200s, 1s);
  client.send("ab");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

Task<> write_much(std::shared_ptr<Connection> connection, std::size_t bytes, std::optional<bool>& written) {
  const std::string text(bytes, 'y');
  asio::const_buffer buffer(text.data(), text.size());
  const bool done = co_await connection->write({&buffer, 1});
  written = done;
}

TEST_F(ConnectionTimeoutsTest, AClientThatTakesNothingIsCut) {
  auto [connection, client] = wire.connect();
  std::optional<bool> written;
  wire.tasks.spawn(write_much(connection, std::size_t{8} << 20, written));
  wire.run_for(299s, 1s);
  EXPECT_FALSE(written.has_value());
  wire.run_for(2s);
  EXPECT_EQ(written, false);
  EXPECT_TRUE(connection->hung_up());
}

TEST_F(ConnectionTimeoutsTest, AClientThatTakesALittleNowAndThenIsNot) {
  auto [connection, client] = wire.connect();
  std::optional<bool> written;
  wire.tasks.spawn(write_much(connection, std::size_t{4} << 20, written));
  std::size_t received = 0;
  for (int i = 0; i < 200 && !written; ++i) {
    received += client.receive(256 << 10).size();
    wire.run_for(200s, 10s);
  }
  EXPECT_EQ(written, true);
  EXPECT_GE(received, std::size_t{3} << 20);
}

}  // namespace
}  // namespace tidegate::http
