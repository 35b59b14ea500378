#include "daemon/platform/clock.h"

#include <gtest/gtest.h>
#include <vector>

namespace tidegate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Clock, IsSteadyAndMoves) {
  const auto before = Clock::now();
  while (Clock::now() == before) {
  }
  EXPECT_GT(Clock::now(), before);
}

TEST(Clock, StandsStillWhileManual) {
  const ManualClock clock;
  const auto before = Clock::now();
  const auto real = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() == real) {
  }
  EXPECT_EQ(Clock::now(), before);
  ManualClock::advance(hours(24));
  EXPECT_EQ(Clock::now() - before, hours(24));
}

TEST(Clock, IsRealAgainAfterwards) {
  {
    const ManualClock clock;
  }
  const auto before = Clock::now();
  while (Clock::now() == before) {
  }
}

TEST(Clock, ATimerFiresWhenTheManualClockPassesIt) {
  const ManualClock clock;
  asio::io_context loop;
  Timer timer(loop.get_executor());
  timer.expires_after(hours(1));
  bool fired = false;
  timer.async_wait([&](const asio::error_code& error) { fired = !error; });
  loop.poll();
  EXPECT_FALSE(fired);
  ManualClock::advance(hours(1) - milliseconds(1));
  loop.poll();
  EXPECT_FALSE(fired);
  ManualClock::advance(milliseconds(1));
  loop.restart();
  loop.poll();
  EXPECT_TRUE(fired);
}

TEST(Clock, RunForFiresTimersInOrderAtTheirTimes) {
  const ManualClock clock;
  asio::io_context loop;
  const auto start = Clock::now();
  std::vector<seconds> fired;
  std::vector<Timer> timers;
  for (const int minute : {30, 10, 20}) {
    timers.emplace_back(loop.get_executor());
    timers.back().expires_after(minutes(minute));
    timers.back().async_wait(
        [&](const asio::error_code&) { fired.push_back(std::chrono::duration_cast<seconds>(Clock::now() - start)); });
  }
  ManualClock::run_for(loop, hours(1), seconds(1));
  EXPECT_EQ(fired, (std::vector<seconds>{minutes(10), minutes(20), minutes(30)}));
  EXPECT_EQ(Clock::now() - start, hours(1));
}

TEST(Clock, RunForEndsWithinItsTimeWhateverTheStep) {
  const ManualClock clock;
  asio::io_context loop;
  const auto start = Clock::now();
  ManualClock::run_for(loop, milliseconds(25), milliseconds(10));
  EXPECT_EQ(Clock::now() - start, milliseconds(25));
  ManualClock::run_for(loop, milliseconds(0));
  EXPECT_EQ(Clock::now() - start, milliseconds(25));
}

TEST(Clock, RunForFollowsTimersThatStartTimers) {
  const ManualClock clock;
  asio::io_context loop;
  Timer timer(loop.get_executor());
  int ticks = 0;
  std::function<void()> tick = [&] {
    timer.expires_after(seconds(1));
    timer.async_wait([&](const asio::error_code&) {
      ++ticks;
      tick();
    });
  };
  tick();
  ManualClock::run_for(loop, minutes(1), milliseconds(100));
  EXPECT_EQ(ticks, 60);
}

}  // namespace
}  // namespace tidegate
