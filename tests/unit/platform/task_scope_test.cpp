#include "daemon/platform/task_scope.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace tidegate {
namespace {

void poll(asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

TEST(TaskScope, CountsItsTasks) {
  asio::io_context loop;
  TaskScope tasks(loop.get_executor());
  Wakeup first(loop.get_executor());
  Wakeup second(loop.get_executor());
  const auto wait = [](Wakeup& wakeup) -> Task<> { co_await wakeup.wait(); };
  EXPECT_EQ(tasks.size(), 0U);
  tasks.spawn(wait(first));
  tasks.spawn(wait(second));
  EXPECT_EQ(tasks.size(), 2U);
  poll(loop);
  first.notify();
  poll(loop);
  EXPECT_EQ(tasks.size(), 1U);
  second.notify();
  poll(loop);
  EXPECT_EQ(tasks.size(), 0U);
}

TEST(TaskScope, JoinWaitsForTheLast) {
  asio::io_context loop;
  TaskScope tasks(loop.get_executor());
  TaskScope outer(loop.get_executor());
  Wakeup first(loop.get_executor());
  Wakeup second(loop.get_executor());
  bool joined = false;
  const auto wait = [](Wakeup& wakeup) -> Task<> { co_await wakeup.wait(); };
  const auto join = [&]() -> Task<> {
    co_await tasks.join();
    joined = true;
  };
  tasks.spawn(wait(first));
  tasks.spawn(wait(second));
  outer.spawn(join());
  poll(loop);
  first.notify();
  poll(loop);
  EXPECT_FALSE(joined);
  second.notify();
  poll(loop);
  EXPECT_TRUE(joined);
}

TEST(TaskScope, JoinOfNothingReturnsAtOnceAlsoAfterTasks) {
  asio::io_context loop;
  TaskScope tasks(loop.get_executor());
  TaskScope outer(loop.get_executor());
  int joins = 0;
  const auto nothing = []() -> Task<> { co_return; };
  const auto join = [&]() -> Task<> {
    co_await tasks.join();
    ++joins;
  };
  outer.spawn(join());
  poll(loop);
  EXPECT_EQ(joins, 1);
  tasks.spawn(nothing());
  poll(loop);
  outer.spawn(join());
  poll(loop);
  EXPECT_EQ(joins, 2);
}

TEST(TaskScope, ATaskThatStartsATaskIsWaitedForWithIt) {
  asio::io_context loop;
  TaskScope tasks(loop.get_executor());
  TaskScope outer(loop.get_executor());
  Wakeup inner(loop.get_executor());
  bool joined = false;
  const auto wait = [&]() -> Task<> { co_await inner.wait(); };
  const auto spawn = [&]() -> Task<> {
    tasks.spawn(wait());
    co_return;
  };
  const auto join = [&]() -> Task<> {
    co_await tasks.join();
    joined = true;
  };
  tasks.spawn(spawn());
  outer.spawn(join());
  poll(loop);
  EXPECT_FALSE(joined);
  inner.notify();
  poll(loop);
  EXPECT_TRUE(joined);
}

TEST(TaskScopeDeath, AnExceptionThatLeavesATaskEndsTheProcessWithItsText) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        asio::io_context loop;
        TaskScope tasks(loop.get_executor());
        const auto fail = []() -> Task<> {
          throw std::runtime_error("the reason");
          co_return;
        };
        tasks.spawn(fail());
        loop.run();
      },
      "bug: a task ended with: the reason");
}

}  // namespace
}  // namespace tidegate
