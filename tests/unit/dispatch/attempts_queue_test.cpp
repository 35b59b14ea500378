// Attempts in the queue: who waits, how long, and where a retry comes back.
#include <gtest/gtest.h>

#include "tests/unit/dispatch/attempts_fixture.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using upstream::FakeAttempt;

struct AttemptsQueueTest : AttemptsTest {
  AttemptsQueueTest() { queue.set_bounds({1, 1000, 1 << 20}); }

  /// One whose client says until when.
  Run& start_until(TimePoint end) {
    runs.push_back(std::make_unique<Run>(*this, "req_late", Deadline{.end = end, .first_byte = TimePoint::max()}));
    tasks.spawn(take(*runs.back()));
    settle();
    return *runs.back();
  }
};

TEST_F(AttemptsQueueTest, WaitsForItsTurn) {
  auto& first = start();
  auto& second = start();
  EXPECT_EQ(transport->attempts.size(), 1U);
  EXPECT_EQ(second.entry.record().state, observe::ExchangeRecord::State::queued);
  EXPECT_NE(second.entry.record().waiting_for, "");
  run_for(3s);
  transport->last().answer(200, "{}");
  settle();
  ASSERT_TRUE(first.finished());
  EXPECT_EQ(transport->attempts.size(), 1U) << "the slot is held while the answer streams";
  first.result.reset();
  settle();
  EXPECT_EQ(transport->attempts.size(), 2U);
  EXPECT_EQ(second.attempts.queued(), 3s);
}

TEST_F(AttemptsQueueTest, GivesUpAtItsDeadlineAndLeavesTheQueue) {
  snapshot.settings.queue.max_wait = 5s;
  start();
  auto& second = start();
  run_for(4'990ms);
  EXPECT_FALSE(second.finished());
  run_for(20ms);
  EXPECT_EQ(second.error(), ErrorCode::queue_timeout);
  EXPECT_NE((*second.result).error().message.find("queue.maxWait"), std::string::npos);
  EXPECT_EQ(queue.depth(), 0U);
  EXPECT_EQ(transport->attempts.size(), 1U);
}

TEST_F(AttemptsQueueTest, TheDeadlineIsThatOfTheExchangeNotOfTheWait) {
  snapshot.settings.queue.max_wait = 5s;
  auto& first = start();
  EXPECT_EQ(first.entry.record().deadline, first.exchange.started + 5s);
  run_for(4s);
  auto& second = start();
  run_for(1500ms);
  EXPECT_FALSE(second.finished());
  EXPECT_FALSE(first.finished()) << "an attempt that runs is not ended by the deadline of the queue";
}

TEST_F(AttemptsQueueTest, ABackingOffExchangeLeavesItsSlotToOthers) {
  transport->script = [](FakeAttempt& attempt, std::size_t number) {
    if (number == 1) attempt.answer(500, "{}");
  };
  auto& first = start();
  auto& second = start();
  EXPECT_EQ(transport->attempts.size(), 2U);
  transport->last().answer(200, "{}");
  settle();
  EXPECT_TRUE(second.finished());
  EXPECT_FALSE(first.finished());
}

TEST_F(AttemptsQueueTest, ARetryGoesBeforeThoseThatCameLater) {
  transport->script = [](FakeAttempt& attempt, std::size_t number) {
    if (number == 1) attempt.answer(500, "{}");
  };
  auto& first = start();
  auto& second = start();
  auto& third = start();
  EXPECT_EQ(transport->attempts.size(), 2U);
  run_for(2s);  // the first waits again, before the third
  transport->last().answer(200, "{}");
  settle();
  ASSERT_TRUE(second.finished());
  second.result.reset();
  settle();
  EXPECT_EQ(first.attempts.count(), 2U);
  EXPECT_EQ(third.attempts.count(), 0U);
}

TEST_F(AttemptsQueueTest, TheClientsOwnDeadlineComesFirst) {
  start();
  const auto until = Clock::now() + 2s;
  script({200});
  auto& second = start_until(until);
  EXPECT_EQ(second.entry.record().deadline, until);
  run_for(1'990ms);
  EXPECT_FALSE(second.finished());
  run_for(20ms);
  EXPECT_EQ(second.error(), ErrorCode::deadline_exceeded);
  EXPECT_EQ(queue.depth(), 0U);
}

TEST_F(AttemptsQueueTest, ADeadlineThatPassedOnTheWayInStartsNothing) {
  auto& run = start_until(Clock::now());
  EXPECT_EQ(run.error(), ErrorCode::deadline_exceeded);
  EXPECT_TRUE(transport->attempts.empty());
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(AttemptsQueueTest, NothingIsRepeatedBehindTheDeadline) {
  script({503});
  auto& run = start_until(Clock::now() + 3s);
  run_for(10s);
  ASSERT_TRUE(run.finished());
  EXPECT_LE(transport->started_at.back(), run.exchange.started + 3s);
  EXPECT_EQ(queue.in_flight(), run.result->ok() ? 1U : 0U);
}

TEST_F(AttemptsQueueTest, ManyExchangesComeInOrderWithOneAtATime) {
  std::vector<std::size_t> order;
  script({200});
  for (int i = 0; i < 50; ++i) start();
  for (int round = 0; round < 50; ++round) {
    EXPECT_LE(queue.in_flight(), 1U);
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i]->finished()) {
        order.push_back(i);
        runs[i]->result.reset();
        break;
      }
    settle();
  }
  ASSERT_EQ(order.size(), 50U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace tidegate::dispatch
