#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/http/listener.h"
#include "tests/unit/http/echo.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

struct ServerTest : testing::Test {
  Wire wire;
  EchoLog log;
  Server server{wire.loop.get_executor(),
                [this](std::shared_ptr<Connection> connection) { return echo(std::move(connection), log); }};

  ~ServerTest() override {
    server.close_all();
    wire.settle();
  }
  ClientEnd connect() {
    auto [socket, client] = wire.pair();
    server.accepted(std::move(socket), Peer{});
    wire.settle();
    return std::move(client);
  }
  std::string ask(ClientEnd& client) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    wire.settle();
    return client.receive();
  }
};

TEST_F(ServerTest, ConnectionsAreBounded) {
  Limits limits;
  limits.max_connections = 2;
  server.set_limits(limits);
  auto first = connect();
  auto second = connect();
  auto third = connect();
  EXPECT_THAT(third.receive(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(third.ended());
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_THAT(ask(first), StartsWith("HTTP/1.1 200 "));
  first.close();
  wire.settle();
  EXPECT_EQ(server.connections(), 1U);
  auto fourth = connect();
  EXPECT_THAT(ask(fourth), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, DrainingEndsIdleConnectionsAndFinishesBegunRequests) {
  auto idle = connect();
  auto busy = connect();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  wire.settle();
  server.drain();
  wire.settle();
  idle.receive();
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(server.connections(), 1U);
  busy.send("b");
  wire.settle();
  EXPECT_THAT(busy.receive(), StartsWith("HTTP/1.1 200 "));
  busy.close();
  wire.settle();
  EXPECT_EQ(server.connections(), 0U);
  auto late = connect();
  late.receive();
  EXPECT_TRUE(late.ended()) << "nothing is accepted any more";
}

TEST_F(ServerTest, JoinWaitsForTheLastConnection) {
  auto client = connect();
  bool joined = false;
  const auto join = [](Server& of, bool& done) -> Task<> {
    co_await of.join();
    done = true;
  };
  wire.tasks.spawn(join(server, joined));
  wire.settle();
  EXPECT_FALSE(joined);
  server.close_all();
  wire.settle();
  EXPECT_TRUE(joined);
}

}  // namespace
}  // namespace tidegate::http
