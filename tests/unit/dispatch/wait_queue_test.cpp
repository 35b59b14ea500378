#include "daemon/dispatch/wait_queue.h"

#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using Ticket = WaitQueue::Ticket;

struct WaitQueueTest : testing::Test {
  ManualClock clock;
  asio::io_context loop{1};
  Wakeup wakeup{loop.get_executor()};
  WaitQueue queue;

  std::unique_ptr<Ticket> ticket() { return std::make_unique<Ticket>(queue, queue.arrive(), wakeup); }
};

TEST_F(WaitQueueTest, GivesSlotsUpToItsBound) {
  queue.set_bounds({2, 10, 100});
  auto a = ticket();
  auto b = ticket();
  auto c = ticket();
  EXPECT_TRUE(a->ready());
  EXPECT_EQ(a->position(), 0U);
  EXPECT_TRUE(b->ready());
  EXPECT_FALSE(c->ready());
  EXPECT_EQ(c->position(), 1U);
  EXPECT_EQ(queue.in_flight(), 2U);
  EXPECT_EQ(queue.depth(), 1U);
  a.reset();
  EXPECT_TRUE(c->ready());
  EXPECT_EQ(queue.in_flight(), 2U);
}

TEST_F(WaitQueueTest, TheOrderIsThatOfArrival) {
  queue.set_bounds({1, 10, 100});
  const auto early = queue.arrive();
  auto running = ticket();
  auto second = ticket();
  auto third = ticket();
  Ticket retry(queue, early, wakeup);  // arrived before all of them and comes back
  EXPECT_EQ(retry.position(), 1U);
  EXPECT_EQ(second->position(), 2U);
  EXPECT_EQ(third->position(), 3U);
  running.reset();
  EXPECT_TRUE(retry.ready());
  second.reset();  // left without having had its turn
  EXPECT_EQ(third->position(), 1U);
  retry.take().release();
  EXPECT_TRUE(third->ready());
}

TEST_F(WaitQueueTest, ANewcomerDoesNotOvertakeThoseWhoWait) {
  queue.set_bounds({1, 10, 100});
  auto running = ticket();
  auto waiting = ticket();
  auto slot = running->take();
  slot.release();
  EXPECT_TRUE(waiting->ready());
  auto newcomer = ticket();
  EXPECT_FALSE(newcomer->ready());
}

TEST_F(WaitQueueTest, ASlotThatIsNotTakenGoesOn) {
  queue.set_bounds({1, 10, 100});
  auto running = ticket();
  auto second = ticket();
  auto third = ticket();
  running.reset();
  EXPECT_TRUE(second->ready());
  second.reset();  // ready, but its client has gone
  EXPECT_TRUE(third->ready());
  third.reset();
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(WaitQueueTest, ASlotMovesAndIsGivenBackOnce) {
  queue.set_bounds({1, 10, 100});
  auto holder = ticket();
  Slot first = holder->take();
  EXPECT_FALSE(holder->ready());
  Slot second = std::move(first);
  EXPECT_FALSE(first.held());  // NOLINT(bugprone-use-after-move): that is the point
  EXPECT_TRUE(second.held());
  EXPECT_EQ(queue.in_flight(), 1U);
  {
    Slot third;
    third = std::move(second);
    EXPECT_EQ(queue.in_flight(), 1U);
  }
  EXPECT_EQ(queue.in_flight(), 0U);
  second.release();
  first.release();
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(WaitQueueTest, AssigningToAHeldSlotGivesTheOldOneBack) {
  queue.set_bounds({2, 10, 100});
  auto a = ticket();
  auto b = ticket();
  Slot slot = a->take();
  slot = b->take();
  EXPECT_EQ(queue.in_flight(), 1U);
}

TEST_F(WaitQueueTest, NewBoundsLetWaitersInAtOnceAndTakeNothingAway) {
  queue.set_bounds({1, 10, 100});
  auto a = ticket();
  auto b = ticket();
  auto c = ticket();
  queue.set_bounds({3, 10, 100});
  EXPECT_TRUE(b->ready());
  EXPECT_TRUE(c->ready());
  queue.set_bounds({1, 10, 100});
  EXPECT_EQ(queue.in_flight(), 3U);
  auto d = ticket();
  a.reset();
  b.reset();
  EXPECT_FALSE(d->ready());
  c.reset();
  EXPECT_TRUE(d->ready());
}

TEST_F(WaitQueueTest, IsFullOnlyWhenOneMoreWouldHaveToWaitAndCannot) {
  queue.set_bounds({1, 1, 100});
  EXPECT_FALSE(queue.full());
  auto a = ticket();
  EXPECT_FALSE(queue.full());
  auto b = ticket();
  EXPECT_TRUE(queue.full());
  b.reset();
  EXPECT_FALSE(queue.full());
  queue.set_bounds({1, 0, 100});
  EXPECT_TRUE(queue.full());
  a.reset();
  EXPECT_FALSE(queue.full()) << "without a queue, requests still run";
}

TEST_F(WaitQueueTest, BytesAreBounded) {
  queue.set_bounds({1, 1, 100});
  EXPECT_TRUE(queue.hold_bytes(60));
  EXPECT_FALSE(queue.hold_bytes(41));
  EXPECT_EQ(queue.bytes(), 60U);
  EXPECT_TRUE(queue.hold_bytes(40));
  queue.free_bytes(60);
  EXPECT_EQ(queue.bytes(), 40U);
  EXPECT_FALSE(queue.hold_bytes(~std::uint64_t{0})) << "no sum that turns over";
}

TEST_F(WaitQueueTest, TheOldestWaitIsThatOfTheLongestWaiter) {
  queue.set_bounds({1, 10, 100});
  EXPECT_EQ(queue.oldest_wait(Clock::now()), 0s);
  const auto early = queue.arrive();
  auto running = ticket();
  auto waiting = ticket();
  ManualClock::advance(3s);
  Ticket back(queue, early, wakeup);
  EXPECT_EQ(queue.oldest_wait(Clock::now() + 1s), 4s);
}

}  // namespace
}  // namespace tidegate::dispatch
