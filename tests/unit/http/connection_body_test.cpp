#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/echo.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Limits small() {
  Limits limits;
  limits.max_body = 1000;
  return limits;
}

struct ConnectionBodyTest : testing::Test {
  EchoLog log;
  Wire wire{small()};

  ClientEnd serve() {
    auto [connection, client] = wire.connect();
    wire.tasks.spawn(echo(connection, log));
    return std::move(client);
  }
  ClientEnd serve(std::string_view bytes) {
    auto client = serve();
    client.send(bytes);
    wire.settle();
    return client;
  }
};

TEST_F(ConnectionBodyTest, ContinueIsSentToAClientThatWaitsForIt) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive(), kContinue);
  client.send("body");
  wire.settle();
  EXPECT_THAT(client.receive(), EndsWith("POST /x body"));
}

TEST_F(ConnectionBodyTest, ContinueIsNotSentWhereTheBodyIsThereAlready) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody");
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectionBodyTest, ContinueIsNotSentForABodyThatIsRefused) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ConnectionBodyTest, ContinueIsNotSentWithoutABody) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectionBodyTest, TheSizedBodyIsBoundedToTheByte) {
  const auto request = [](std::size_t size) {
    return "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'b');
  };
  EXPECT_THAT(serve(request(1000)).receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(serve(request(1001)).receive(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ConnectionBodyTest, TheChunkedBodyIsBoundedToTheByte) {
  const auto request = [](std::size_t size) {
    return "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1F4\r\n" + std::string(500, 'b') +
           "\r\n1\r\nb\r\n" + (size == 1000 ? "1F3\r\n" : "1F4\r\n") + std::string(size - 501, 'b') + "\r\n0\r\n\r\n";
  };
  EXPECT_THAT(serve(request(1000)).receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(serve(request(1001)).receive(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ConnectionBodyTest, ALineThatNeverEndsIsNotCollected) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  for (int i = 0; i < 40; ++i) {
    client.send(std::string(512, 'e'));
    wire.settle();
  }
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ConnectionBodyTest, TrailersThatNeverEndAreNotCollected) {
  auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  for (int i = 0; i < 40; ++i) {
    client.send("T: " + std::string(500, 'e') + "\r\n");
    wire.settle();
  }
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ConnectionBodyTest, AChunkedBodyInAnyTwoPieces) {
  const std::string head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "3;e=1\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n";
  for (std::size_t at = 0; at <= body.size(); ++at) {
    auto client = serve(head + body.substr(0, at));
    client.send(body.substr(at) + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    wire.settle();
    EXPECT_THAT(client.receive(), EndsWith("GET /next ")) << at;
    EXPECT_THAT(log.requests, ElementsAre("POST /x abcde", "GET /next ")) << at;
    log.requests.clear();
  }
}

TEST_F(ConnectionBodyTest, AHangUpInTheBodyIsToldToNobody) {
  for (const std::string framing : {"Content-Length: 9\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"}) {
    auto client = serve("POST /x HTTP/1.1\r\nHost: a\r\n" + framing);
    client.finish_sending();
    wire.settle();
    EXPECT_THAT(log.errors, ElementsAre(ErrorCode::client_gone)) << framing;
    log.errors.clear();
  }
}

TEST_F(ConnectionBodyTest, ABodyThatEndsWithTheConnectionIsWhole) {
  auto client = serve();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  client.finish_sending();
  wire.settle();
  EXPECT_THAT(log.requests, ElementsAre("POST /x abc"));
  EXPECT_THAT(log.errors, IsEmpty());
}

}  // namespace
}  // namespace tidegate::http
