// Whose turn it is among clients, sessions and classes, and what a ticket tells of its wait.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/dispatch/wait_queue.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using policy::Priority;
using policy::QueueRefusal;
using Ticket = WaitQueue::Ticket;

struct WaitTicketTest : testing::Test {
  WaitTicketTest() { queue.set_bounds({1, 10'000, 100}); }

  std::unique_ptr<Ticket> ticket(const std::string& client, const std::string& session = "", std::uint32_t weight = 1,
                                 Priority priority = Priority::interactive) {
    auto place = queue.arrive();
    place.client = client;
    place.session = session;
    place.weight = weight;
    place.priority = priority;
    return std::make_unique<Ticket>(queue, place, wakeup);
  }
  std::vector<std::unique_ptr<Ticket>> tickets(int count, const std::string& client, const std::string& session = "",
                                               std::uint32_t weight = 1, Priority priority = Priority::interactive) {
    std::vector<std::unique_ptr<Ticket>> all;
    for (int i = 0; i < count; ++i) all.push_back(ticket(client, session, weight, priority));
    return all;
  }

  ManualClock clock;
  asio::io_context loop{1};
  Wakeup wakeup{loop.get_executor()};
  WaitQueue queue;
};

TEST_F(WaitTicketTest, ASingleRequestWaitsForNoneOfAThousandOfAnotherClient) {
  auto busy = tickets(1'000, "busy", "", 1'000);
  auto background = tickets(100, "batch", "", 1, Priority::background);
  ASSERT_TRUE(busy.front()->ready());
  auto single = ticket("single");
  EXPECT_EQ(single->position(), 1U);
  busy.front().reset();  // one service time
  EXPECT_TRUE(single->ready());
}

TEST_F(WaitTicketTest, ASingleRequestOfASessionWaitsForNoneOfAThousandOfAnother) {
  auto busy = tickets(1'000, "a", "busy");
  auto single = ticket("a", "single");
  busy.front().reset();
  EXPECT_TRUE(single->ready());
}

TEST_F(WaitTicketTest, TheUncontendedTurnCountsToo) {
  queue.set_bounds({2, 10'000, 100});
  auto first = ticket("a");
  auto second = ticket("b");
  auto more_of_a = ticket("a");
  auto more_of_b = ticket("b");
  auto c = ticket("c");
  EXPECT_EQ(c->position(), 1U);
  EXPECT_EQ(more_of_a->position(), 2U);
  EXPECT_EQ(more_of_b->position(), 3U);
}

TEST_F(WaitTicketTest, AnIdleQueueForgetsWhoHadItsTurns) {
  for (int i = 0; i < 10; ++i) ticket("a").reset();
  auto running = ticket("c");
  auto a = ticket("a");
  auto b = ticket("b");
  EXPECT_EQ(a->position(), 1U);
}

TEST_F(WaitTicketTest, OneThatComesBackGoesBeforeThoseThatHaveNotHadATurn) {
  auto place = queue.arrive();
  place.client = "a";
  Ticket first(queue, place, wakeup);
  Slot slot = first.take();
  place.had_turn = true;
  std::vector<std::unique_ptr<Ticket>> others;
  for (int i = 0; i < 50; ++i) others.push_back(ticket("c" + std::to_string(i)));
  slot.release();  // waits out its backoff
  EXPECT_TRUE(others[0]->ready());
  Ticket again(queue, place, wakeup);
  EXPECT_EQ(again.position(), 1U);
}

TEST_F(WaitTicketTest, PositionsFollowWhatHappens) {
  auto running = ticket("a");
  auto a = tickets(3, "a");
  auto b = ticket("b");
  const auto batch = ticket("b", "", 1, Priority::background);
  EXPECT_EQ(running->position(), 0U);
  EXPECT_EQ(b->position(), 1U);
  EXPECT_EQ(a[0]->position(), 2U);
  EXPECT_EQ(a[2]->position(), 4U);
  EXPECT_EQ(batch->position(), 5U);
  a[0].reset();
  EXPECT_EQ(a[2]->position(), 3U);
  running.reset();
  EXPECT_EQ(b->position(), 0U);
  EXPECT_EQ(a[1]->position(), 1U);
  EXPECT_EQ(batch->position(), 3U);
}

TEST_F(WaitTicketTest, ATicketSaysWhatItWaitsFor) {
  struct Shut final : Gate {
    Opening opening(std::string_view, TimePoint) noexcept override { return now; }
    Pass started(std::string_view, TimePoint) noexcept override { return 0; }
    void finished(std::string_view, Pass, TimePoint) noexcept override {}
    Opening now;
  } gate;
  queue.set_gate(gate, loop.get_executor());
  auto running = ticket("a");
  EXPECT_EQ(running->waiting(Clock::now()).reason, WaitReason::none);
  EXPECT_EQ(running->waiting(Clock::now()).position, 0U);
  const auto since = Clock::now();
  auto waits = ticket("a");
  ManualClock::advance(3s);
  auto told = waits->waiting(Clock::now());
  EXPECT_EQ(told.reason, WaitReason::slot);
  EXPECT_EQ(told.position, 1U);
  EXPECT_EQ(told.since, since);
  EXPECT_EQ(told.until, TimePoint::max());
  for (const auto reason : {WaitReason::rate_limit, WaitReason::circuit_open, WaitReason::concurrency}) {
    gate.now = {reason, Clock::now() + 7s};
    told = waits->waiting(Clock::now());
    EXPECT_EQ(told.reason, reason);
    EXPECT_EQ(told.until, Clock::now() + 7s);
  }
}

TEST_F(WaitTicketTest, EachReasonHasAName) {
  EXPECT_EQ(to_string(WaitReason::none), "none");
  EXPECT_EQ(to_string(WaitReason::slot), "slot");
  EXPECT_EQ(to_string(WaitReason::rate_limit), "rate_limit");
  EXPECT_EQ(to_string(WaitReason::circuit_open), "circuit_open");
  EXPECT_EQ(to_string(WaitReason::concurrency), "concurrency");
}

TEST_F(WaitTicketTest, RefusesByClient) {
  queue.set_bounds({1, 10, 100, 2});
  EXPECT_EQ(queue.refusal("a"), QueueRefusal::none);
  auto a = tickets(3, "a");
  EXPECT_EQ(queue.refusal("a"), QueueRefusal::client_depth);
  EXPECT_TRUE(queue.full("a"));
  EXPECT_EQ(queue.refusal("b"), QueueRefusal::none);
  a.pop_back();
  EXPECT_EQ(queue.refusal("a"), QueueRefusal::none);
  a.clear();
  queue.set_bounds({1, 10, 100, 2});
  auto others = tickets(11, "c");
  EXPECT_EQ(queue.refusal(""), QueueRefusal::none) << "a place is kept";
}

TEST_F(WaitTicketTest, HoldsBytesByClient) {
  EXPECT_EQ(queue.hold("a", 60), QueueRefusal::none);
  EXPECT_EQ(queue.hold("a", 20), QueueRefusal::client_bytes);
  EXPECT_EQ(queue.hold("b", 50), QueueRefusal::bytes);
  EXPECT_TRUE(queue.hold_bytes(40, "b"));
  EXPECT_EQ(queue.bytes(), 100U);
  queue.free_bytes(60, "a");
  queue.free_bytes(40, "b");
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(queue.usage().clients(), 0U);
}

TEST_F(WaitTicketTest, ALongModelNameIsCut) {
  auto place = queue.arrive();
  place.model = std::string(100'000, 'm');
  const Ticket one(queue, place, wakeup);
  EXPECT_TRUE(one.ready());
}

}  // namespace
}  // namespace tidegate::dispatch
