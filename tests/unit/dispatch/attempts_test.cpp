// What is repeated, when, and what the client gets in the end.
#include "daemon/dispatch/attempts.h"

#include <gtest/gtest.h>

#include "tests/unit/dispatch/attempts_fixture.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using policy::Verdict;
using upstream::FakeAttempt;

TEST_F(AttemptsTest, AGoodAnswerNeedsOneAttempt) {
  script({200});
  auto& run = start();
  ASSERT_TRUE(run.finished());
  EXPECT_EQ(run.status(), 200);
  EXPECT_EQ((**run.result).verdict, Verdict::success);
  EXPECT_TRUE((**run.result).slot.held());
  EXPECT_EQ(run.attempts.count(), 1U);
  EXPECT_EQ(run.attempts.queued(), 0s);
  EXPECT_EQ(counters.requests.retried, 0U);
  EXPECT_EQ(upstream.report().state, upstream::State::up);
}

TEST_F(AttemptsTest, TheRequestGoesOutAsItIs) {
  auto& run = start();
  ASSERT_EQ(transport->attempts.size(), 1U);
  const auto& sent = transport->last();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.target, "/api/v1/x?q=1");
  EXPECT_EQ(sent.body, "{}");
  ASSERT_EQ(sent.headers.size(), 1U);
  EXPECT_EQ(sent.headers[0].first, "X-A");
  EXPECT_TRUE(sent.read_ahead);
  EXPECT_EQ(run.entry.record().state, observe::ExchangeRecord::State::waiting);
}

TEST_F(AttemptsTest, AFailureIsRepeatedAfterABackoffWithinItsBounds) {
  script({503, 503, 503, 200});
  auto& run = start();
  EXPECT_EQ(run.entry.record().state, observe::ExchangeRecord::State::backing_off);
  run_for(30s);
  ASSERT_TRUE(run.finished());
  EXPECT_EQ(run.status(), 200);
  EXPECT_EQ(run.attempts.count(), 4U);
  EXPECT_EQ(counters.requests.retried, 3U);
  EXPECT_EQ(run.entry.record().attempts, 4U);
  EXPECT_LE(pause_behind(1), 1'010ms);
  EXPECT_LE(pause_behind(2), 2'010ms);
  EXPECT_LE(pause_behind(3), 4'010ms);
  EXPECT_GT(pause_behind(1) + pause_behind(2) + pause_behind(3), 100ms) << "with jitter, but not at once";
}

TEST_F(AttemptsTest, TheLastFailureIsPassedOn) {
  budget.set_share(10);
  script({503});
  auto& run = start();
  run_for(60s);
  ASSERT_TRUE(run.finished());
  EXPECT_EQ(run.status(), 503);
  EXPECT_EQ((**run.result).verdict, Verdict::attempts_spent);
  EXPECT_FALSE((**run.result).advice.may_retry);
  EXPECT_EQ(transport->attempts.size(), 6U);
}

TEST_F(AttemptsTest, AFinalAnswerIsPassedOnAtOnce) {
  script({401});
  auto& run = start();
  ASSERT_TRUE(run.finished());
  EXPECT_EQ(run.status(), 401);
  EXPECT_EQ((**run.result).verdict, Verdict::final_answer);
  EXPECT_EQ(upstream.report().last_status, 401);
}

TEST_F(AttemptsTest, ATransportFailureIsRepeatedAndInTheEndTold) {
  budget.set_share(10);
  transport->script = [](FakeAttempt& attempt, std::size_t) { attempt.fail(ErrorCode::upstream_reset, "reset"); };
  auto& run = start();
  run_for(60s);
  EXPECT_EQ(run.error(), ErrorCode::upstream_reset);
  EXPECT_EQ((*run.result).error().message, "reset");
  EXPECT_EQ(transport->attempts.size(), 6U);
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(AttemptsTest, AnUnreachableUpstreamIsWaitedForToTheDeadline) {
  snapshot.settings.queue.max_wait = 5min;
  transport->script = [](FakeAttempt& attempt, std::size_t) {
    attempt.fail(ErrorCode::upstream_unreachable, "refused");
  };
  auto& run = start();
  run_for(4min);
  EXPECT_FALSE(run.finished());
  EXPECT_GT(transport->attempts.size(), 6U) << "what reached nobody is no try";
  EXPECT_LT(transport->attempts.size(), 130U);
  run_for(2min);
  EXPECT_EQ(run.error(), ErrorCode::upstream_unreachable);
  EXPECT_THAT((*run.result).error().message, testing::HasSubstr("refused (tried "));
  EXPECT_EQ(upstream.report().state, upstream::State::down);
  EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(AttemptsTest, ATlsFailureIsNotRepeated) {
  transport->script = [](FakeAttempt& attempt, std::size_t) { attempt.fail(ErrorCode::upstream_tls); };
  EXPECT_EQ(start().error(), ErrorCode::upstream_tls);
  EXPECT_EQ(transport->attempts.size(), 1U);
}

TEST_F(AttemptsTest, AStaleConnectionIsReplacedAtOnce) {
  transport->script = [](FakeAttempt& attempt, std::size_t number) {
    attempt.info.stale_connection = number == 1;
    if (number == 1)
      attempt.fail(ErrorCode::upstream_reset);
    else
      attempt.answer(200, "{}");
  };
  auto& run = start();
  ASSERT_TRUE(run.finished()) << "no time has passed";
  EXPECT_EQ(run.status(), 200);
}

TEST_F(AttemptsTest, RetryAfterIsObeyed) {
  transport->script = [](FakeAttempt& attempt, std::size_t number) {
    const std::string fields[] = {"Retry-After: 7\n", "retry-after-ms: 1500\nRetry-After: 60\n", "Retry-After: 0.25\n",
                                  ""};
    attempt.answer(number == 4 ? 200 : 429, "{}", fields[number - 1]);
  };
  auto& run = start();
  run_for(30s);
  ASSERT_TRUE(run.finished());
  EXPECT_GE(pause_behind(1), 7s);
  EXPECT_LE(pause_behind(1), 7'710ms);
  EXPECT_GE(pause_behind(2), 1'500ms);
  EXPECT_LE(pause_behind(2), 1'660ms);
  EXPECT_GE(pause_behind(3), 250ms);
  EXPECT_LE(pause_behind(3), 290ms);
}

TEST_F(AttemptsTest, ARetryAfterBehindTheDeadlineEndsIt) {
  snapshot.settings.queue.max_wait = 10s;
  transport->script = [](FakeAttempt& attempt, std::size_t) { attempt.answer(429, "{}", "Retry-After: 10\n"); };
  auto& run = start();
  ASSERT_TRUE(run.finished());
  EXPECT_EQ((**run.result).verdict, Verdict::deadline_too_near);
  EXPECT_EQ(run.status(), 429);
}

TEST_F(AttemptsTest, TheUpstreamsAdviceIsHeard) {
  transport->script = [](FakeAttempt& attempt, std::size_t number) {
    attempt.answer(number == 1 ? 418 : 503, "{}", number == 1 ? "x-should-retry: TRUE\n" : "x-should-retry: false\n");
  };
  auto& run = start();
  run_for(5s);
  ASSERT_TRUE(run.finished());
  EXPECT_EQ(run.attempts.count(), 2U);
  EXPECT_EQ((**run.result).verdict, Verdict::final_answer);
}

TEST_F(AttemptsTest, TheBudgetBoundsTheRetriesOfAll) {
  script({503});
  for (int i = 0; i < 10; ++i) start();
  run_for(9s);
  EXPECT_LE(counters.requests.retried, policy::RetryBudget::kFloor);
  EXPECT_LE(transport->attempts.size(), 10 + policy::RetryBudget::kFloor);
  int spent = 0;
  for (const auto& run : runs)
    if (run->finished() && (**run->result).verdict == Verdict::budget_spent) ++spent;
  EXPECT_GE(spent, 3);
}

TEST_F(AttemptsTest, AnAnswerIsThereWithItsFirstBytes) {
  auto& run = start();
  transport->last().head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n");
  settle();
  EXPECT_FALSE(run.finished()) << "the head alone could still be followed by a reset";
  transport->last().bytes("data: x\n\n");
  settle();
  ASSERT_TRUE(run.finished());
  EXPECT_EQ((**run.result).stream->available(), 9U);
}

TEST_F(AttemptsTest, AShortSizedAnswerIsWaitedForAndRepeatedWhereItIsCut) {
  auto& run = start();
  transport->last().head("HTTP/1.1 200 OK\nContent-Length: 65536\n").bytes("{\"half\":");
  settle();
  EXPECT_FALSE(run.finished());
  transport->last().fail(ErrorCode::upstream_truncated);
  run_for(2s);
  ASSERT_EQ(transport->attempts.size(), 2U);
  transport->last().answer(200, "{}");
  settle();
  ASSERT_TRUE(run.finished());
  EXPECT_EQ((**run.result).stream->available(), 2U) << "nothing of the first answer";
}

TEST_F(AttemptsTest, ALongSizedAnswerIsNotHeldBack) {
  auto& run = start();
  transport->last().head("HTTP/1.1 200 OK\nContent-Length: 65537\n").bytes("x");
  settle();
  EXPECT_TRUE(run.finished());
}

TEST_F(AttemptsTest, AFailedAnswerIsReadOnForAWhileBeforeItIsDropped) {
  auto& run = start();
  transport->last().head("HTTP/1.1 503 Busy\nTransfer-Encoding: chunked\n").bytes("a");
  settle();
  EXPECT_TRUE(transport->attempts[0]->open);
  run_for(200ms);
  EXPECT_TRUE(transport->attempts[0]->open);
  run_for(100ms);
  EXPECT_FALSE(transport->attempts[0]->open) << "drained for 250 ms at most";
  EXPECT_FALSE(run.finished());
}

TEST_F(AttemptsTest, AFailedAnswerIsReadOnUpToABound) {
  start();
  transport->last().head("HTTP/1.1 503 Busy\nTransfer-Encoding: chunked\n").bytes("a");
  settle();
  transport->attempts[0]->bytes(std::string(AnswerCheck::kHeldAnswer, 'x'));
  run_for(10ms);
  transport->attempts[0]->bytes("one more");
  run_for(10ms);
  EXPECT_FALSE(transport->attempts[0]->open);
}

TEST(SuggestedWait, GrowsWithTheQueueWithinItsBounds) {
  ManualClock clock;
  asio::io_context loop{1};
  Wakeup wakeup(loop.get_executor());
  WaitQueue queue;
  queue.set_bounds({1, 1000, 1000});
  EXPECT_EQ(suggested_wait(queue, 0ms), 1s);
  EXPECT_EQ(suggested_wait(queue, 4s), 4s);
  std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(std::make_unique<WaitQueue::Ticket>(queue, queue.arrive(), wakeup));
  EXPECT_EQ(suggested_wait(queue, 4s), 20s) << "four wait: five rounds";
  EXPECT_EQ(suggested_wait(queue, 40s), 30s);
  while (!tickets.empty()) tickets.pop_back();
}

}  // namespace
}  // namespace tidegate::dispatch
