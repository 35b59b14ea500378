// The client hangs up: at every stage the attempt ends at once and nothing is left behind.
#include <gtest/gtest.h>

#include "tests/unit/dispatch/attempts_fixture.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;

struct AttemptsCancelTest : AttemptsTest {
  void expect_gone(Run& run) {
    run.hang_up();
    settle();
    EXPECT_EQ(run.error(), ErrorCode::client_gone);
    for (const auto& attempt : transport->attempts) EXPECT_FALSE(attempt->open);
    EXPECT_EQ(queue.in_flight(), 0U);
    EXPECT_EQ(queue.depth(), 0U);
  }
};

TEST_F(AttemptsCancelTest, BeforeItBegan) {
  runs.push_back(std::make_unique<Run>(*this, "req_early"));
  runs.back()->gone = true;
  tasks.spawn(take(*runs.back()));
  expect_gone(*runs.back());
  EXPECT_TRUE(transport->attempts.empty());
}

TEST_F(AttemptsCancelTest, InTheQueue) {
  queue.set_bounds({1, 10, 1000});
  auto& first = start();
  auto& second = start();
  second.hang_up();
  settle();
  EXPECT_EQ(second.error(), ErrorCode::client_gone);
  EXPECT_EQ(queue.depth(), 0U);
  EXPECT_FALSE(first.finished());
  expect_gone(first);
}

TEST_F(AttemptsCancelTest, WithASlotThatItHadNotNoticedYet) {
  queue.set_bounds({1, 10, 1000});
  auto& first = start();
  auto& second = start();
  transport->last().answer(200, "{}");
  settle();
  second.gone = true;
  first.result.reset();  // gives the slot to the second
  settle();
  EXPECT_EQ(second.error(), ErrorCode::client_gone);
  EXPECT_EQ(queue.in_flight(), 0U);
  EXPECT_EQ(transport->attempts.size(), 1U);
}

TEST_F(AttemptsCancelTest, BeforeTheHead) { expect_gone(start()); }

TEST_F(AttemptsCancelTest, BehindTheHead) {
  auto& run = start();
  transport->last().head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n");
  settle();
  expect_gone(run);
}

TEST_F(AttemptsCancelTest, InAnAnswerThatIsHeldBack) {
  auto& run = start();
  transport->last().head("HTTP/1.1 200 OK\nContent-Length: 10\n").bytes("12345");
  settle();
  expect_gone(run);
}

TEST_F(AttemptsCancelTest, WhileAFailedAnswerIsDrained) {
  auto& run = start();
  transport->last().head("HTTP/1.1 503 Busy\nTransfer-Encoding: chunked\n").bytes("a");
  settle();
  EXPECT_TRUE(transport->last().open);
  expect_gone(run);
}

TEST_F(AttemptsCancelTest, WhileItBacksOff) {
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t) {
    attempt.answer(503, "{}", "Retry-After: 100\n");
  };
  auto& run = start();
  run_for(50s, 1s);
  EXPECT_FALSE(run.finished());
  expect_gone(run);
  EXPECT_EQ(transport->attempts.size(), 1U);
}

TEST_F(AttemptsCancelTest, ACancelledAttemptSaysNothingOfTheUpstream) {
  auto& run = start();
  expect_gone(run);
  EXPECT_EQ(upstream.report().state, upstream::State::unknown);
  EXPECT_FALSE(upstream.report().last_error.has_value());
}

}  // namespace
}  // namespace tidegate::dispatch
