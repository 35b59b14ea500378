#include "daemon/platform/wakeup.h"

#include <gtest/gtest.h>

#include "daemon/platform/task_scope.h"

namespace tidegate {
namespace {

class WakeupTest : public ::testing::Test {
 public:
  Task<> count_wakes(int most) {
    while (wakes < most) {
      co_await wakeup.wait();
      ++wakes;
    }
  }

  void poll() {
    loop.restart();
    loop.poll();
  }

  asio::io_context loop;
  Wakeup wakeup{loop.get_executor()};
  TaskScope tasks{loop.get_executor()};
  int wakes = 0;
};

TEST_F(WakeupTest, WakesItsWaiterOncePerNotify) {
  tasks.spawn(count_wakes(2));
  poll();
  EXPECT_EQ(wakes, 0);
  wakeup.notify();
  EXPECT_EQ(wakes, 0) << "never from within notify()";
  poll();
  EXPECT_EQ(wakes, 1);
  poll();
  EXPECT_EQ(wakes, 1);
  wakeup.notify();
  poll();
  EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(WakeupTest, ANotifyBeforeTheWaitIsRemembered) {
  wakeup.notify();
  tasks.spawn(count_wakes(1));
  poll();
  EXPECT_EQ(wakes, 1);
}

TEST_F(WakeupTest, ManyNotifiesAreOne) {
  tasks.spawn(count_wakes(2));
  poll();
  for (int i = 0; i < 5; ++i) wakeup.notify();
  poll();
  EXPECT_EQ(wakes, 1);
  wakeup.notify();
  poll();
  EXPECT_EQ(wakes, 2);
}

TEST_F(WakeupTest, ANotifyFromTheWaiterItselfIsForItsNextWait) {
  const auto waiter = [&]() -> Task<> {
    co_await wakeup.wait();
    wakeup.notify();
    co_await wakeup.wait();
    ++wakes;
  };
  tasks.spawn(waiter());
  poll();
  wakeup.notify();
  poll();
  EXPECT_EQ(wakes, 1);
}

TEST_F(WakeupTest, TheDeadlineEndsTheWait) {
  const ManualClock clock;
  const auto waiter = [&]() -> Task<> {
    co_await wakeup.wait(Clock::now() + std::chrono::hours(1));
    ++wakes;
  };
  tasks.spawn(waiter());
  ManualClock::run_for(loop, std::chrono::minutes(59), std::chrono::minutes(1));
  EXPECT_EQ(wakes, 0);
  ManualClock::run_for(loop, std::chrono::minutes(1), std::chrono::minutes(1));
  EXPECT_EQ(wakes, 1);
}

TEST_F(WakeupTest, ADeadlineThatHasPassedEndsTheWaitAtOnce) {
  const auto waiter = [&]() -> Task<> {
    co_await wakeup.wait(Clock::now() - std::chrono::hours(1));
    ++wakes;
  };
  tasks.spawn(waiter());
  poll();
  poll();
  EXPECT_EQ(wakes, 1);
}

TEST_F(WakeupTest, ANotifyThatMeetsTheDeadlineIsOneWake) {
  const ManualClock clock;
  const auto waiter = [&]() -> Task<> {
    co_await wakeup.wait(Clock::now() + std::chrono::seconds(1));
    ++wakes;
    co_await wakeup.wait(Clock::now() + std::chrono::seconds(1));
    ++wakes;
  };
  tasks.spawn(waiter());
  poll();
  ManualClock::advance(std::chrono::seconds(1));
  wakeup.notify();
  poll();
  poll();
  EXPECT_EQ(wakes, 1) << "the notify was of the first wait";
  ManualClock::advance(std::chrono::seconds(1));
  poll();
  EXPECT_EQ(wakes, 2);
}

TEST_F(WakeupTest, WithoutADeadlineItWaitsForEver) {
  const ManualClock clock;
  tasks.spawn(count_wakes(1));
  ManualClock::run_for(loop, std::chrono::hours(10'000), std::chrono::hours(100));
  EXPECT_EQ(wakes, 0);
  wakeup.notify();
  poll();
  EXPECT_EQ(wakes, 1);
}

}  // namespace
}  // namespace tidegate
