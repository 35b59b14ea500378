#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "daemon/platform/service_manager.h"
#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

using namespace std::chrono_literals;

/// Plays systemd's end of the notification socket.
struct ServiceManagerTest : testing::Test {
  test::TemporaryFolder folder;
  int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);

  ServiceManagerTest() { listen_at((folder / "notify").string()); }
  ~ServiceManagerTest() override {
    ::close(socket);
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  void listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())),
              0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }

  std::string heard() const {
    std::array<char, 512> text{};
    const auto length = ::recv(socket, text.data(), text.size(), MSG_DONTWAIT);
    return length < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(length));
  }
};

TEST_F(ServiceManagerTest, SaysEachThingInTheWordsOfTheProtocol) {
  ServiceManager manager;
  EXPECT_TRUE(manager.present());
  manager.ready("listening on 127.0.0.1:8433");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=listening on 127.0.0.1:8433");
  manager.reloading();
  EXPECT_THAT(heard(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  manager.status("2 waiting");
  EXPECT_EQ(heard(), "STATUS=2 waiting");
  manager.watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  manager.extend_timeout(5s);
  EXPECT_EQ(heard(), "EXTEND_TIMEOUT_USEC=5000000");
  manager.stopping("draining");
  EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=draining");
  EXPECT_EQ(heard(), "nothing");
}

TEST_F(ServiceManagerTest, AStatusCannotSmuggleInAnotherVariable) {
  ServiceManager manager;
  manager.status("bad\nMAINPID=1");
  EXPECT_EQ(heard(), "STATUS=bad MAINPID=1");
}

TEST_F(ServiceManagerTest, NothingIsLeftForChildrenToInherit) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const ServiceManager manager;
  for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) EXPECT_EQ(std::getenv(name), nullptr);
  EXPECT_EQ(manager.watchdog_interval(), 15s);
  const ServiceManager second;
  EXPECT_FALSE(second.present());
  EXPECT_FALSE(second.watchdog_interval().has_value());
}

TEST_F(ServiceManagerTest, AWatchdogForAnotherProcessIsNotOurs) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  const ServiceManager manager;
  EXPECT_FALSE(manager.watchdog_interval().has_value());
}

TEST_F(ServiceManagerTest, AnAbstractAddressWorksToo) {
  ::close(socket);
  socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  listen_at("@tidegate-test-" + std::to_string(::getpid()));
  ServiceManager manager;
  manager.watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, WithoutOrWithADeafServiceManagerNothingHappens) {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceManager alone;
  EXPECT_FALSE(alone.present());
  alone.ready("up");
  for (const auto& address : {(folder / "nobody").string(), std::string("vsock:2:1"), std::string(200, '/')}) {
    ::setenv("NOTIFY_SOCKET", address.c_str(), 1);
    ServiceManager deaf;
    deaf.ready("up");
    deaf.watchdog();
    deaf.stopping("down");
  }
  EXPECT_EQ(heard(), "nothing");
}

TEST_F(ServiceManagerTest, AFullQueueDoesNotHoldUpTheWatchdog) {
  ServiceManager manager;
  for (int i = 0; i < 100'000; ++i) manager.watchdog();  // hangs if it waits
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

}  // namespace
}  // namespace tidegate::platform
