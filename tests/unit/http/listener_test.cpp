#include "daemon/http/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <system_error>

#include <asio/connect.hpp>
#include <asio/local/stream_protocol.hpp>

#include "tests/unit/http/echo.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using testing::EndsWith;
using testing::StartsWith;

struct ListenerTest : testing::Test {
  Wire wire;
  EchoLog log;
  std::vector<Peer> peers;
  Server server{wire.loop.get_executor(), [this](std::shared_ptr<Connection> connection) {
                  peers.push_back(connection->peer());
                  return echo(std::move(connection), log);
                }};

  ~ListenerTest() override {
    server.close_all();
    wire.settle();
  }
  // A client of the loopback address that a listener names; -1 where nobody listens.
  int connect_to(const std::string& address) {
    asio::ip::tcp::socket socket(wire.loop);
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    asio::error_code error;
    socket.connect({asio::ip::make_address("127.0.0.1"), port}, error);
    return error ? -1 : socket.release();
  }
};

TEST_F(ListenerTest, ServesWhoeverConnects) {
  Listener listener(server, listen_tcp("127.0.0.1", 0), false);
  EXPECT_THAT(listener.address(), StartsWith("127.0.0.1:"));
  listener.start();
  ClientEnd client(connect_to(listener.address()));
  client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 1000 && log.requests.empty(); ++i) wire.settle();
  EXPECT_THAT(client.receive(), EndsWith("GET /x "));
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_FALSE(peers[0].local_socket);
  EXPECT_FALSE(peers[0].uid.has_value());
}

TEST_F(ListenerTest, ItsEndIsTheEndOfTheSocketButNotOfItsConnections) {
  auto listener = std::make_unique<Listener>(server, listen_tcp("localhost", 0), false);
  const auto address = listener->address();
  listener->start();
  ClientEnd client(connect_to(address));
  for (int i = 0; i < 1000 && peers.empty(); ++i) wire.settle();
  listener.reset();
  wire.settle();
  EXPECT_EQ(connect_to(address), -1);
  client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 1000 && log.requests.empty(); ++i) wire.settle();
  EXPECT_THAT(client.receive(), EndsWith("GET /x "));
}

TEST_F(ListenerTest, ATakenPortIsAnError) {
  Listener listener(server, listen_tcp("127.0.0.1", 0), false);
  const auto address = listener.address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  try {
    listen_tcp("127.0.0.1", port);
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::address_in_use);
  }
}

TEST_F(ListenerTest, AnAddressThatIsNoneIsAnError) {
  EXPECT_THROW(listen_tcp("not an address", 0), std::system_error);
  EXPECT_THROW(listen_tcp("192.0.2.1", 0), std::system_error) << "not ours";
}

TEST_F(ListenerTest, AUnixSocketTellsWhoCalls) {
  std::string path = "/tmp/tidegate-listener-XXXXXX";
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  const auto file = path + "/s";
  asio::local::stream_protocol::acceptor acceptor(wire.loop, asio::local::stream_protocol::endpoint(file));
  Listener listener(server, acceptor.release(), true);
  EXPECT_EQ(listener.address(), "unix:" + file);
  listener.start();
  asio::local::stream_protocol::socket socket(wire.loop);
  socket.connect(asio::local::stream_protocol::endpoint(file));
  wire.settle();
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_TRUE(peers[0].local_socket);
  EXPECT_EQ(peers[0].uid, ::geteuid());
  ::unlink(file.c_str());
  ::rmdir(path.c_str());
}

}  // namespace
}  // namespace tidegate::http
