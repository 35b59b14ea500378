#include "daemon/platform/socket_set.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tidegate::platform {
namespace {

/// Two connected sockets; the first is the one to watch.
struct Pair {
  Pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) std::abort();
    ours = fds[0];
    theirs = fds[1];
    ::fcntl(ours, F_SETFL, O_NONBLOCK);
    ::fcntl(theirs, F_SETFL, O_NONBLOCK);
  }
  ~Pair() {
    close_ours();
    close_theirs();
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void close_ours() {
    if (ours >= 0) ::close(std::exchange(ours, -1));
  }
  void close_theirs() {
    if (theirs >= 0) ::close(std::exchange(theirs, -1));
  }
  void say() const { EXPECT_EQ(::write(theirs, "x", 1), 1); }
  void read_all() const {
    char bytes[100];
    while (::read(ours, bytes, sizeof bytes) > 0) {
    }
  }
  void fill() const {
    const std::string bytes(65536, 'x');
    while (::write(ours, bytes.data(), bytes.size()) > 0) {
    }
  }

  int ours = -1;
  int theirs = -1;
};

enum class Kind { best, portable };

class SocketSetTest : public ::testing::TestWithParam<Kind> {
 public:
  SocketSetTest() {
    const auto ready = [this](int fd, unsigned what) {
      events.emplace_back(fd, what);
      if (on_ready) on_ready(fd, what);
    };
    const auto done = [this] { ++rounds; };
    set = GetParam() == Kind::best ? SocketSet::make(loop.get_executor(), ready, done)
                                   : SocketSet::make_portable(loop.get_executor(), ready, done);
  }

  /// Runs what is ready; returns how many handlers that were, at most `most`.
  std::size_t poll(std::size_t most = 100) {
    std::size_t handlers = 0;
    loop.restart();
    while (handlers < most && loop.poll_one() > 0) ++handlers;
    return handlers;
  }

  [[nodiscard]] long count(int fd, unsigned what) const {
    return std::count_if(events.begin(), events.end(),
                         [&](const auto& event) { return event.first == fd && (event.second & what) != 0; });
  }

  asio::io_context loop;
  std::vector<std::pair<int, unsigned>> events;
  int rounds = 0;
  SocketSet::Ready on_ready;
  std::unique_ptr<SocketSet> set;
};

INSTANTIATE_TEST_SUITE_P(Kinds, SocketSetTest, ::testing::Values(Kind::best, Kind::portable),
                         [](const auto& one) { return one.param == Kind::best ? "best" : "portable"; });

TEST_P(SocketSetTest, TellsWhatIsReadyAndThenThatTheRoundIsDone) {
  const Pair pair;
  on_ready = [&](int, unsigned) { pair.read_all(); };
  set->watch(pair.ours, SocketSet::readable);
  poll();
  EXPECT_TRUE(events.empty());
  pair.say();
  poll();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front(), std::make_pair(pair.ours, static_cast<unsigned>(SocketSet::readable)));
  EXPECT_GE(rounds, 1);
}

TEST_P(SocketSetTest, ReadinessThatLastsIsToldAgain) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable);
  pair.say();
  poll(20);
  EXPECT_GE(events.size(), 3U) << "level-triggered: libcurl does not always read to the end";
}

TEST_P(SocketSetTest, WritableIsToldOnlyWhenThereIsRoom) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::writable);
  poll(5);
  EXPECT_GE(count(pair.ours, SocketSet::writable), 1);
  EXPECT_EQ(count(pair.ours, SocketSet::readable), 0);
  pair.fill();
  poll();
  events.clear();
  poll();
  EXPECT_TRUE(events.empty());
}

TEST_P(SocketSetTest, BothDirectionsAreTold) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable | SocketSet::writable);
  pair.say();
  poll(6);
  EXPECT_GE(count(pair.ours, SocketSet::readable), 1);
  EXPECT_GE(count(pair.ours, SocketSet::writable), 1);
}

TEST_P(SocketSetTest, AnUnwantedDirectionIsNotToldAndDoesNotSpin) {
  const Pair pair;
  pair.say();
  set->watch(pair.ours, SocketSet::readable | SocketSet::writable);
  poll(4);
  set->watch(pair.ours, SocketSet::none);
  events.clear();
  poll(10);  // what was under way
  rounds = 0;
  EXPECT_LT(poll(1000), 3U);
  EXPECT_LT(rounds, 3);
  EXPECT_TRUE(events.empty());
}

TEST_P(SocketSetTest, DataThatNobodyWantsIsToldWhenItIsWantedAgain) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable);
  poll();
  set->watch(pair.ours, SocketSet::none);
  pair.say();
  EXPECT_LT(poll(1000), 5U);
  EXPECT_TRUE(events.empty());
  set->watch(pair.ours, SocketSet::readable);
  poll(3);
  EXPECT_GE(count(pair.ours, SocketSet::readable), 1);
}

TEST_P(SocketSetTest, AHangUpThatNobodyWantsDoesNotSpinAndIsToldWhenWanted) {
  Pair pair;
  set->watch(pair.ours, SocketSet::readable);
  set->watch(pair.ours, SocketSet::none);
  pair.close_theirs();
  poll(10);
  rounds = 0;
  EXPECT_LT(poll(1000), 3U);
  EXPECT_LT(rounds, 3);
  EXPECT_TRUE(events.empty());
  set->watch(pair.ours, SocketSet::readable);
  poll(3);
  EXPECT_GE(count(pair.ours, SocketSet::readable), 1);
}

TEST_P(SocketSetTest, WantingOnlyToWriteWithUnreadDataDoesNotTellReading) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable);
  set->watch(pair.ours, SocketSet::writable);
  pair.fill();
  pair.say();
  EXPECT_LT(poll(1000), 10U);
  EXPECT_EQ(count(pair.ours, SocketSet::readable), 0);
}

TEST_P(SocketSetTest, AHangUpIsToldInWhateverDirectionIsWanted) {
  for (const unsigned interest : {SocketSet::readable, SocketSet::writable}) {
    Pair pair;
    set->watch(pair.ours, interest);
    pair.close_theirs();
    poll(4);
    EXPECT_GE(count(pair.ours, interest), 1);
    set->forget(pair.ours);
    events.clear();
  }
}

TEST_P(SocketSetTest, ForgetEndsTheTelling) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable | SocketSet::writable);
  pair.say();
  set->forget(pair.ours);
  poll();
  EXPECT_TRUE(events.empty());
  set->forget(pair.ours);
  set->forget(12345);  // unknown ones are ignored
}

TEST_P(SocketSetTest, ForgetInsideReadyOfTheSameOne) {
  Pair pair;
  on_ready = [&](int fd, unsigned) {
    set->forget(fd);
    pair.close_ours();
  };
  set->watch(pair.ours, SocketSet::readable | SocketSet::writable);
  pair.say();
  poll();
  EXPECT_EQ(events.size(), 1U);
}

TEST_P(SocketSetTest, ForgetInsideReadyOfAnotherThatIsReadyToo) {
  Pair pairs[5];
  on_ready = [&](int fd, unsigned) {
    for (auto& pair : pairs)
      if (pair.ours != fd && pair.ours >= 0) {
        set->forget(pair.ours);
        pair.close_ours();
      }
  };
  for (const auto& pair : pairs) {
    set->watch(pair.ours, SocketSet::readable);
    pair.say();
  }
  poll(20);
  ASSERT_FALSE(events.empty());
  for (const auto& event : events) EXPECT_EQ(event.first, events.front().first);
}

TEST_P(SocketSetTest, ANumberUsedAgainInTheSameRoundIsNotToldOfTheOldOne) {
  // Both are ready; whichever is told first closes the other and opens a silent pair under its number.
  for (int i = 0; i < 20; ++i) {
    Pair first;
    Pair second;
    std::unique_ptr<Pair> fresh;
    int reused = -1;
    events.clear();
    on_ready = [&](int fd, unsigned) {
      if (fresh != nullptr) return;
      Pair& other = fd == first.ours ? second : first;
      reused = other.ours;
      set->forget(reused);
      other.close_ours();
      fresh = std::make_unique<Pair>();
      ASSERT_EQ(fresh->ours, reused) << "another number: the test shows nothing";
      set->watch(fresh->ours, SocketSet::readable);
      events.clear();
    };
    set->watch(first.ours, SocketSet::readable);
    set->watch(second.ours, SocketSet::readable);
    first.say();
    second.say();
    poll(10);
    ASSERT_NE(fresh, nullptr);
    EXPECT_EQ(count(reused, SocketSet::readable), 0);
    fresh->say();
    poll(10);
    EXPECT_GE(count(reused, SocketSet::readable), 1) << "the new one is watched";
    on_ready = nullptr;
    for (const int fd : {first.ours, second.ours, fresh->ours})
      if (fd >= 0) set->forget(fd);
  }
}

TEST_P(SocketSetTest, ANumberUsedAgainAtOnceIsWatchedAnew) {
  for (int i = 0; i < 100; ++i) {
    const Pair pair;
    events.clear();
    set->watch(pair.ours, SocketSet::readable);
    poll(5);
    EXPECT_TRUE(events.empty()) << i;
    pair.say();
    poll(5);
    EXPECT_GE(count(pair.ours, SocketSet::readable), 1) << i;
    set->forget(pair.ours);
  }
}

TEST_P(SocketSetTest, ManyAtOnceAreAllTold) {
  std::vector<std::unique_ptr<Pair>> pairs;
  for (int i = 0; i < 200; ++i) pairs.push_back(std::make_unique<Pair>());
  on_ready = [&](int fd, unsigned) {
    for (const auto& pair : pairs)
      if (pair->ours == fd) pair->read_all();
  };
  for (const auto& pair : pairs) {
    set->watch(pair->ours, SocketSet::readable);
    pair->say();
  }
  poll(1000);
  for (const auto& pair : pairs) EXPECT_EQ(count(pair->ours, SocketSet::readable), 1);
}

TEST_P(SocketSetTest, DestroyedWhileEventsAreUnderWay) {
  const Pair pair;
  set->watch(pair.ours, SocketSet::readable | SocketSet::writable);
  pair.say();
  set.reset();
  poll();
  EXPECT_TRUE(events.empty());
}

TEST_P(SocketSetTest, DestroyedByAHandlerThatRunsBeforeItsOwn) {
  // Asio collects all that is ready and then runs it: the set's own handler is in that queue when the set goes.
  const Pair pair;
  const Pair first;
  const auto destroy = [this](int, unsigned) { set.reset(); };
  auto destroyer = SocketSet::make_portable(loop.get_executor(), destroy, [] {});
  destroyer->watch(first.ours, SocketSet::readable);
  set->watch(pair.ours, SocketSet::readable);
  poll();
  first.say();
  pair.say();
  poll(20);
  EXPECT_EQ(set, nullptr);
}

}  // namespace
}  // namespace tidegate::platform
