#include "daemon/http/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/echo.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct ConnectionTest : testing::Test {
  EchoLog log;
  Wire wire;

  ClientEnd serve() {
    auto [connection, client] = wire.connect();
    server = connection;
    wire.tasks.spawn(echo(connection, log));
    wire.settle();
    return std::move(client);
  }
  std::shared_ptr<Connection> server;
};

TEST_F(ConnectionTest, AnswersOneRequestAfterTheOther) {
  auto client = serve();
  for (const std::string path : {"/a", "/b", "/c"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire.settle();
    const auto answer = client.receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nKeep-Alive: timeout=75\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nGET " + path + " "));
  }
  EXPECT_FALSE(log.ended);
  client.close();
  wire.settle();
  EXPECT_TRUE(log.ended);
}

TEST_F(ConnectionTest, AnswersPipelinedRequestsInTheirOrder) {
  auto client = serve();
  client.send(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
      "\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  EXPECT_THAT(log.requests, ElementsAre("POST /1 one", "POST /2 two", "GET /3 "));
  const auto answers = client.receive();
  EXPECT_LT(answers.find("POST /1"), answers.find("POST /2"));
  EXPECT_LT(answers.find("POST /2"), answers.find("GET /3"));
}

TEST_F(ConnectionTest, TakesARequestInWhateverPieces) {
  const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
  for (std::size_t at = 1; at < request.size(); ++at) {
    auto client = serve();
    client.send(request.substr(0, at));
    wire.settle();
    client.send(request.substr(at));
    wire.settle();
    EXPECT_THAT(client.receive(), EndsWith("POST /x body")) << at;
  }
}

TEST_F(ConnectionTest, WhatFollowsConnectionCloseIsIgnored) {
  auto client = serve();
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  const auto answer = client.receive();
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Keep-Alive")));
  EXPECT_TRUE(client.ended());
  EXPECT_THAT(log.requests, ElementsAre("GET /1 "));
}

TEST_F(ConnectionTest, ABadRequestIsAnsweredAndEndsTheConnection) {
  auto client = serve();
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / "
      "HTTP/1.1\r\n");
  wire.settle();
  const auto answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(log.requests.empty());
}

TEST_F(ConnectionTest, TheHeadIsBounded) {
  auto client = serve();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  const std::string filler(4096, 'x');
  for (int i = 0; i < 20; ++i) {
    client.send(filler);
    wire.settle();
  }
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(log.errors, ElementsAre(ErrorCode::head_too_large));
}

TEST_F(ConnectionTest, EmptyLinesAreBounded) {
  auto client = serve();
  client.send("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
  client.send("\r\n\r\n\r\n\r\n\r\n");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ConnectionTest, AnEndInTheMiddleOfAHeadIsNotAnswered) {
  auto client = serve();
  client.send("GET / HTTP/1.1\r\n");
  client.finish_sending();
  wire.settle();
  EXPECT_TRUE(log.ended);
  EXPECT_TRUE(log.errors.empty());
}

TEST_F(ConnectionTest, AnErrorReachesAClientThatIsStillSending) {
  auto client = serve();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
  client.send(std::string(100'000, 'x'));
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(client.send("more"), 4U) << "our end still takes bytes for a while";
  wire.run_for(2s);
  EXPECT_TRUE(log.ended);
  EXPECT_EQ(client.send("more"), 0U);
}

TEST_F(ConnectionTest, LingeringIsBoundedInBytes) {
  auto client = serve();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
  wire.settle();
  const std::string filler(65536, 'x');
  std::size_t sent = 0;
  for (int i = 0; i < 64 && !log.ended; ++i) {
    sent += client.send(filler);
    wire.settle();
  }
  EXPECT_TRUE(log.ended) << sent;
  EXPECT_LT(sent, std::size_t{3} << 20);
}

TEST_F(ConnectionTest, DrainingEndsAnIdleConnectionAtOnce) {
  auto client = serve();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  client.receive();
  server->close_when_idle();
  wire.settle();
  client.receive();
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(log.ended);
}

TEST_F(ConnectionTest, DrainingLetsABegunRequestFinish) {
  auto client = serve();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  wire.settle();
  server->close_when_idle();
  wire.settle();
  client.send("dy");
  wire.settle();
  const auto answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.ended());
}

TEST_F(ConnectionTest, DrainingLetsABegunHeadFinish) {
  auto client = serve();
  client.send("GET / HT");
  wire.settle();
  server->close_when_idle();
  wire.settle();
  client.send("TP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(client.ended());
}

// Serves one request by waiting until the client has gone.
Task<> wait_for_hangup(std::shared_ptr<Connection> connection, std::vector<std::string>& seen) {
  Result<Connection::Head> head = co_await connection->read_head();
  seen.emplace_back(head ? connection->head().path : "error");
  connection->watch_for_hangup();
  while (!connection->hung_up()) co_await connection->wakeup().wait();
  seen.emplace_back("hung up");
}

TEST_F(ConnectionTest, AHangUpIsNoticedWhileARequestIsServed) {
  auto [connection, client] = wire.connect();
  std::vector<std::string> seen;
  wire.tasks.spawn(wait_for_hangup(connection, seen));
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n");
  wire.run_for(10min, 1s);
  EXPECT_THAT(seen, ElementsAre("/1")) << "waiting for an answer is not being idle";
  client.close();
  wire.settle();
  EXPECT_THAT(seen, ElementsAre("/1", "hung up"));
}

TEST_F(ConnectionTest, BytesReadAheadAreBounded) {
  auto [connection, client] = wire.connect();
  std::vector<std::string> seen;
  wire.tasks.spawn(wait_for_hangup(connection, seen));
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string filler(65536, 'x');
  std::size_t taken = 0;
  for (int i = 0; i < 64; ++i) {
    taken += client.send(filler);
    wire.settle();
  }
  EXPECT_LT(taken, std::size_t{1} << 20) << "what the socket's own buffers take, and little more";
  connection->close();
  wire.settle();
}

TEST_F(ConnectionTest, WritingToAClientThatLeftFails) {
  auto [connection, client] = wire.connect();
  client.close();
  bool written = true;
  const auto write = [](Connection& to, bool& result) -> Task<> {
    asio::const_buffer buffer("x", 1);
    result = co_await to.write({&buffer, 1});
  };
  wire.tasks.spawn(write(*connection, written));
  wire.settle();
  EXPECT_FALSE(written);
  EXPECT_TRUE(connection->hung_up());
}

}  // namespace
}  // namespace tidegate::http
