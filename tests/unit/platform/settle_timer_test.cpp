#include "daemon/platform/settle_timer.h"

#include <gtest/gtest.h>

#include <memory>

namespace tidegate::platform {
namespace {

using namespace std::chrono_literals;

struct SettleTimerTest : testing::Test {
  asio::io_context loop;
  ManualClock clock;
  int fired = 0;
  SettleTimer timer{loop.get_executor(), 100ms, 1s, [this] { ++fired; }};

  void pass(Clock::duration time) { ManualClock::run_for(loop, time); }
};

TEST_F(SettleTimerTest, FiresOnceAfterTheQuietTime) {
  timer.touch();
  pass(90ms);
  EXPECT_EQ(fired, 0);
  pass(20ms);
  EXPECT_EQ(fired, 1);
  pass(5s);
  EXPECT_EQ(fired, 1);
}

TEST_F(SettleTimerTest, ALaterTouchBeginsTheQuietTimeAnew) {
  timer.touch();
  pass(90ms);
  timer.touch();
  pass(90ms);
  EXPECT_EQ(fired, 0);
  pass(20ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(SettleTimerTest, TouchesWithoutAPauseArePostponedNoLongerThanTheLongestTime) {
  for (int i = 0; i < 19; ++i) {
    timer.touch();
    pass(50ms);
  }
  EXPECT_EQ(fired, 0);
  timer.touch();
  pass(60ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(SettleTimerTest, FiresAgainForATouchAfterIt) {
  timer.touch();
  pass(200ms);
  timer.touch();
  pass(200ms);
  EXPECT_EQ(fired, 2);
}

TEST_F(SettleTimerTest, CancelForgetsTheTouch) {
  timer.touch();
  timer.cancel();
  pass(5s);
  EXPECT_EQ(fired, 0);
  timer.touch();
  pass(200ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(SettleTimerTest, ATouchRightAfterCancelHasItsOwnQuietTime) {
  timer.touch();
  pass(90ms);
  timer.cancel();
  timer.touch();
  pass(90ms);
  EXPECT_EQ(fired, 0);
  pass(20ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(SettleTimerTest, MayBeDestroyedByItsOwnCallAndWhileItWaits) {
  std::unique_ptr<SettleTimer> other;
  int calls = 0;
  other = std::make_unique<SettleTimer>(loop.get_executor(), 100ms, 1s, [&] {
    ++calls;
    other.reset();
  });
  other->touch();
  pass(1s);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(other, nullptr);
  other = std::make_unique<SettleTimer>(loop.get_executor(), 100ms, 1s, [&] { ++calls; });
  other->touch();
  other.reset();
  pass(1s);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tidegate::platform
