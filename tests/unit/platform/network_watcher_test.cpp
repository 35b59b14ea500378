// The watcher over a socket of the test's, on the manual clock; and the system's own parts as far as they can be seen
// without changing the machine's network.
#include "daemon/platform/network_watcher.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "daemon/platform/clock.h"

namespace tidegate::platform {
namespace {

using namespace std::chrono_literals;

struct NetworkWatcherTest : testing::Test {
  NetworkWatcherTest() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) throw std::runtime_error("no socketpair");
    theirs = pair[0];
    ours = pair[1];
    const timeval never_blocks{0, 1};
    ::setsockopt(theirs, SOL_SOCKET, SO_RCVTIMEO, &never_blocks, sizeof never_blocks);
  }
  ~NetworkWatcherTest() override {
    watcher.reset();
    run_for(2s);
    ::close(ours);
  }

  NetworkWatcher& start() {
    NetworkWatcher::Source source{[this] { return theirs; },
                                  [this] {
                                    ++looks;
                                    return state;
                                  }};
    watcher.emplace(loop.get_executor(), [this] { on_change(); }, std::move(source));
    watcher->start();
    return *watcher;
  }
  void news() {
    EXPECT_EQ(::write(ours, "x", 1), 1);
    run_for(0s);
  }
  void run_for(Clock::duration time) {
    ManualClock::run_for(loop, time);
    // The descriptor is real: what it tells is there at the next turn of the loop.
    for (int turn = 0; turn < 5; ++turn) {
      loop.restart();
      loop.run_one_for(1ms);
    }
  }

  ManualClock clock;
  asio::io_context loop{1};
  int theirs = -1;  // the watcher's, which closes it
  int ours = -1;
  std::string state = "at home";
  int looks = 0;
  int changes = 0;
  std::function<void()> on_change = [this] { ++changes; };
  std::optional<NetworkWatcher> watcher;
};

TEST_F(NetworkWatcherTest, NothingIsToldAtTheStart) {
  EXPECT_TRUE(start().watching());
  run_for(10s);
  EXPECT_EQ(changes, 0);
  EXPECT_EQ(looks, 1);
}

TEST_F(NetworkWatcherTest, AChangeIsToldAtOnce) {
  start();
  state = "elsewhere";
  news();
  EXPECT_EQ(changes, 1);
}

TEST_F(NetworkWatcherTest, NewsThatChangeNothingAreNotTold) {
  start();
  for (int i = 0; i < 5; ++i) {
    news();
    run_for(2s);
  }
  EXPECT_EQ(changes, 0);
  EXPECT_EQ(looks, 11);
}

TEST_F(NetworkWatcherTest, AStormIsLookedAtOnceInEachPause) {
  start();
  for (int i = 0; i < 50; ++i) {
    state = "network " + std::to_string(i);
    news();
    run_for(10ms);
  }
  EXPECT_EQ(changes, 1);
  run_for(2s);
  EXPECT_EQ(changes, 2) << "what came in the pause";
  EXPECT_EQ(looks, 5);
  run_for(10s);
  EXPECT_EQ(changes, 2);
}

TEST_F(NetworkWatcherTest, ThereAndBackAgainInOnePauseIsNoSecondChange) {
  start();
  state = "elsewhere";
  news();
  state = "nowhere";
  news();
  state = "elsewhere";
  news();
  run_for(2s);
  EXPECT_EQ(changes, 1);
}

TEST_F(NetworkWatcherTest, TheNextChangeIsToldAtOnceAgain) {
  start();
  state = "elsewhere";
  news();
  run_for(2s);
  state = "at home";
  news();
  EXPECT_EQ(changes, 2);
}

TEST_F(NetworkWatcherTest, NothingIsToldOnceStopped) {
  start().stop();
  state = "elsewhere";
  ::write(ours, "x", 1);
  run_for(2s);
  EXPECT_EQ(changes, 0);
  EXPECT_FALSE(watcher->watching());
}

TEST_F(NetworkWatcherTest, TheCallMayDestroyTheWatcher) {
  start();
  on_change = [this] {
    ++changes;
    watcher.reset();
  };
  state = "elsewhere";
  news();
  run_for(2s);
  EXPECT_EQ(changes, 1);
}

TEST_F(NetworkWatcherTest, WithoutNewsFromTheSystemNothingIsWatched) {
  ::close(theirs);
  theirs = -1;
  EXPECT_FALSE(start().watching());
  run_for(2s);
}

TEST(NetworkNews, TheSystemGivesThem) {
  const int fd = open_network_news();
  ASSERT_GE(fd, 0);
  char byte = 0;
  EXPECT_LE(::read(fd, &byte, 1), 0) << "and does not block";
  ::close(fd);
}

TEST(NetworkState, IsTheSameWhileNothingChanges) {
  const auto state = network_state();
  EXPECT_NE(state, "");
  EXPECT_EQ(network_state(), state);
  EXPECT_EQ(state.find("127.0.0.1"), std::string::npos) << "no connection to another machine comes from there";
}

}  // namespace
}  // namespace tidegate::platform
