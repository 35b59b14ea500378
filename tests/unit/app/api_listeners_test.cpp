#include "daemon/app/api_listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/ip/tcp.hpp>

#include "tests/unit/config/temp_folder.h"
#include "tests/unit/http/wire.h"

namespace tidegate::app {
namespace {

using config::TcpAddress;
using config::UnixAddress;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct ApiListenersTest : testing::Test {
  config::TempFolder folder;
  http::Wire wire;
  http::Server server{wire.loop.get_executor(),
                      [](std::shared_ptr<http::Connection> connection) { return connection->close_gracefully(); }};
  ApiListeners listeners{server, folder.path() / "api.sock"};

  static config::Snapshot with(std::vector<config::ListenAddress> listen) {
    config::Snapshot snapshot;
    snapshot.settings.gateway.listen = std::move(listen);
    return snapshot;
  }
  // As the reloader does it; what prepare() says.
  std::string apply(const config::Snapshot& next) {
    if (const auto refused = listeners.prepare(next)) return *refused;
    listeners.commit(std::make_shared<const config::Snapshot>(next));
    wire.settle();
    return "";
  }
  static std::uint16_t port_of(const std::string& address) {
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  // A port that was free a moment ago.
  std::uint16_t free_port() {
    asio::ip::tcp::acceptor acceptor(wire.loop, {asio::ip::make_address("127.0.0.1"), 0});
    return acceptor.local_endpoint().port();
  }
  bool answers(std::uint16_t port) {
    asio::ip::tcp::socket socket(wire.loop);
    asio::error_code error;
    socket.connect({asio::ip::make_address("127.0.0.1"), port}, error);
    return !error;
  }
};

TEST_F(ApiListenersTest, OpensWhatTheConfigurationNames) {
  EXPECT_EQ(apply(with({TcpAddress{"127.0.0.1", 0}, UnixAddress{}, UnixAddress{folder.path() / "other.sock"}})), "");
  const auto addresses = listeners.addresses();
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_THAT(addresses[0], StartsWith("127.0.0.1:"));
  EXPECT_EQ(addresses[1], "unix:" + (folder.path() / "api.sock").string());
  EXPECT_EQ(addresses[2], "unix:" + (folder.path() / "other.sock").string());
  EXPECT_TRUE(answers(port_of(addresses[0])));
}

TEST_F(ApiListenersTest, ATakenPortIsRefusedAndTheOldSocketsStay) {
  const auto port = free_port();
  ASSERT_EQ(apply(with({TcpAddress{"127.0.0.1", port}})), "");
  asio::ip::tcp::acceptor other(wire.loop, {asio::ip::make_address("127.0.0.1"), 0});
  const auto taken = other.local_endpoint().port();
  const auto refused = apply(with({UnixAddress{}, TcpAddress{"127.0.0.1", taken}}));
  EXPECT_THAT(refused, StartsWith("gateway.listen: cannot listen on 127.0.0.1:" + std::to_string(taken) + ": "));
  EXPECT_THAT(listeners.addresses(), ElementsAre("127.0.0.1:" + std::to_string(port)));
  EXPECT_TRUE(answers(port));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "api.sock")) << "what was opened for it is gone again";
}

TEST_F(ApiListenersTest, WhatStaysIsNotTouched) {
  const auto port = free_port();
  ASSERT_EQ(apply(with({TcpAddress{"127.0.0.1", port}, UnixAddress{}})), "");
  // Opening the port a second time would fail: it is the same socket.
  EXPECT_EQ(apply(with({UnixAddress{}, TcpAddress{"127.0.0.1", port}})), "");
  EXPECT_TRUE(answers(port));
  EXPECT_EQ(apply(with({UnixAddress{}})), "");
  EXPECT_FALSE(answers(port));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "api.sock"));
}

TEST_F(ApiListenersTest, AnAbandonedChangeLeavesNothing) {
  const auto port = free_port();
  ASSERT_EQ(listeners.prepare(with({TcpAddress{"127.0.0.1", port}, UnixAddress{}})), std::nullopt);
  listeners.abandon();
  wire.settle();
  EXPECT_FALSE(answers(port));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "api.sock"));
  EXPECT_TRUE(listeners.addresses().empty());
}

TEST_F(ApiListenersTest, AForeignFileInTheSocketsPlaceIsRefused) {
  folder.write("api.sock", "somebody's file");
  EXPECT_THAT(apply(with({UnixAddress{}})), StartsWith("gateway.listen: "));
  EXPECT_TRUE(std::filesystem::is_regular_file(folder.path() / "api.sock"));
}

TEST_F(ApiListenersTest, ClosingTakesNoMoreConnections) {
  const auto port = free_port();
  ASSERT_EQ(apply(with({TcpAddress{"127.0.0.1", port}})), "");
  listeners.close();
  wire.settle();
  EXPECT_FALSE(answers(port));
}

TEST(DescribeAddress, IsAsAPersonWritesIt) {
  EXPECT_EQ(describe(TcpAddress{"127.0.0.1", 8433}), "127.0.0.1:8433");
  EXPECT_EQ(describe(TcpAddress{"::1", 8433}), "[::1]:8433");
  EXPECT_EQ(describe(UnixAddress{"/run/x.sock"}), "unix:/run/x.sock");
}

}  // namespace
}  // namespace tidegate::app
