// A call that goes on without its client, and an answer that is kept for a retry.
#include "tests/unit/gateway/shared_call_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using observe::Outcome;
using testing::HasSubstr;
using testing::StartsWith;

struct KeptCall : SharedCallTest {
  void expect_nothing_left() {
    EXPECT_EQ(gateway.shared_calls().size(), 0U);
    EXPECT_EQ(gateway.shared_calls().bytes(), 0U);
    EXPECT_EQ(queue.in_flight(), 0U);
    EXPECT_EQ(queue.depth(), 0U);
    EXPECT_EQ(queue.bytes(), 0U);
    EXPECT_TRUE(exchanges.running().empty());
  }
};

TEST_F(KeptCall, ARetryJoinsTheCallOfTheClientThatLeft) {
  auto first = client_with();
  hang_up(first);
  wire.run_for(14s);
  EXPECT_TRUE(attempt().open);
  auto second = client_with();
  wire.run_for(60s);  // it listens, so there is no hurry
  ASSERT_EQ(calls(), 1U);
  attempt().answer(200, R"({"a":1})");
  EXPECT_EQ(body_of(answer_to(second)), R"({"a":1})");
  EXPECT_EQ(counters.requests.cancelled, 1U);
  EXPECT_EQ(counters.requests.succeeded, 1U);
}

TEST_F(KeptCall, AStreamThatBrokeOffForItsClientIsGivenFromTheBeginning) {
  auto first = client_with();
  attempt().head(kStreamHead).bytes(kText);
  EXPECT_THAT(answer_to(first), StartsWith("HTTP/1.1 200 "));
  hang_up(first);
  attempt().bytes(kText);
  auto second = client_with();
  attempt().bytes(kFinish).end();
  EXPECT_EQ(unchunked(answer_to(second)), std::string(kText) + std::string(kText) + std::string(kFinish));
  EXPECT_EQ(calls(), 1U);
}

TEST_F(KeptCall, ItIsCancelledWhenNobodyComesBack) {
  auto first = client_with();
  hang_up(first);
  wire.run_for(14900ms);
  EXPECT_TRUE(attempt().open);
  EXPECT_EQ(queue.in_flight(), 1U);
  wire.run_for(200ms);
  EXPECT_FALSE(attempt().open);
  expect_nothing_left();
  EXPECT_EQ(counters.requests.cancelled, 1U);
  EXPECT_EQ(exchanges.finished().size(), 1U);
  auto late = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(KeptCall, ItIsCancelledInMidStreamToo) {
  auto first = client_with();
  attempt().head(kStreamHead).bytes(kText);
  wire.settle();
  hang_up(first);
  for (int i = 0; i < 16; ++i) {
    attempt().bytes(kText);
    wire.run_for(1s);
  }
  EXPECT_FALSE(attempt().open);
  expect_nothing_left();
}

TEST_F(KeptCall, EachHangUpBeginsTheGraceAnew) {
  auto first = client_with();
  hang_up(first);
  for (int i = 0; i < 3; ++i) {
    wire.run_for(10s);
    auto again = client_with();
    hang_up(again);
  }
  EXPECT_TRUE(attempt().open);
  EXPECT_EQ(calls(), 1U);
  wire.run_for(16s);
  EXPECT_FALSE(attempt().open);
}

TEST_F(KeptCall, WithoutGraceItIsCancelledAtOnce) {
  set_grace(0ms);
  auto first = client_with();
  auto second = client_with();
  EXPECT_EQ(calls(), 1U);
  hang_up(first);
  EXPECT_TRUE(attempt().open);
  hang_up(second);
  EXPECT_FALSE(attempt().open);
  expect_nothing_left();
}

TEST_F(KeptCall, WithoutGraceNoAnswerIsKept) {
  set_grace(0ms);
  auto first = client_with();
  attempt().answer(200, "{}");
  answer_to(first);
  auto second = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(KeptCall, AWholeAnswerIsKeptForALateRetry) {
  auto first = client_with();
  attempt().answer(200, R"({"a":1})");
  answer_to(first);
  EXPECT_EQ(queue.bytes(), 0U);
  wire.run_for(14s);
  auto second = client_with();
  EXPECT_EQ(body_of(answer_to(second)), R"({"a":1})");
  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(last_exchange().record.shared_with, exchanges.finished()[1]->record.id);
  wire.run_for(16s);
  expect_nothing_left();
  auto third = client_with(keyed(R"({"another":1})"));
  EXPECT_EQ(calls(), 2U);
}

TEST_F(KeptCall, AnAnswerThatEndedWithoutAClientIsKept) {
  auto first = client_with();
  hang_up(first);
  attempt().head(kStreamHead).bytes(kText).bytes(kFinish).end();
  wire.settle();
  EXPECT_EQ(queue.in_flight(), 0U);
  auto second = client_with();
  EXPECT_EQ(unchunked(answer_to(second)), std::string(kText) + std::string(kFinish));
  EXPECT_EQ(calls(), 1U);
}

TEST_F(KeptCall, AnotherBodyIsRefusedWhileAnAnswerIsKept) {
  auto first = client_with();
  attempt().answer(200, "{}");
  answer_to(first);
  auto second = client_with(keyed("[]"));
  EXPECT_THAT(answer_to(second), StartsWith("HTTP/1.1 422 "));
}

// What a retry may mend must not be what the retry gets.
TEST_F(KeptCall, AnAnswerThatIsNotWholeIsNotKept) {
  const std::string cut_chat = std::string(kText) + "data: [DONE]\n\n";
  const std::pair<std::string, std::string> answers[] = {
      {std::string(kStreamHead), cut_chat},
      {"HTTP/1.1 200 OK\nContent-Type: application/json\n", R"({"a":)"},
      {"HTTP/1.1 500 Broken\nContent-Length: 2\n", "{}"},
  };
  for (const auto& [head, body] : answers) {
    auto first = client_with();
    const auto before = calls();
    hang_up(first);
    attempt().head(head).bytes(body).end();
    wire.settle();
    expect_nothing_left();
    auto second = client_with();
    EXPECT_EQ(calls(), before + 1) << head;
    attempt().answer(400, "{}");
    answer_to(second);
  }
}

TEST_F(KeptCall, AnUnframedAnswerIsKeptWhenItIsWhole) {
  auto first = client_with();
  attempt().head("HTTP/1.1 200 OK\nContent-Type: application/json\n").bytes(R"({"a":1})").end();
  answer_to(first);
  auto second = client_with();
  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(unchunked(answer_to(second)), R"({"a":1})");
}

TEST_F(KeptCall, ItKeepsItsPlaceInTheQueue) {
  queue.set_bounds({1, 10, 1000});
  auto other = client_with(post("/v1/x", "{}"));
  auto first = client_with();
  EXPECT_EQ(queue.depth(), 1U);
  hang_up(first);
  EXPECT_EQ(queue.depth(), 1U);
  auto second = client_with();
  attempt().answer(200, "{}");
  wire.settle();
  ASSERT_EQ(calls(), 2U);
  attempt().answer(200, R"({"a":1})");
  EXPECT_EQ(body_of(answer_to(second)), R"({"a":1})");
}

TEST_F(KeptCall, InTheQueueItIsCancelledToo) {
  queue.set_bounds({1, 10, 1000});
  auto other = client_with(post("/v1/x", "{}"));
  auto first = client_with();
  hang_up(first);
  wire.run_for(16s);
  EXPECT_EQ(queue.depth(), 0U);
  attempt().answer(200, "{}");
  wire.settle();
  EXPECT_EQ(calls(), 1U);
  expect_nothing_left();
}

TEST_F(KeptCall, ItGoesOnThroughAWaitForARetry) {
  set_tries(2);
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t number) {
    if (number == 1) attempt.answer(503, "{}", "Retry-After: 5\n");
  };
  auto first = client_with();
  hang_up(first);
  wire.run_for(6s);
  ASSERT_EQ(calls(), 2U);
  auto second = client_with();
  attempt().answer(200, R"({"a":1})");
  EXPECT_EQ(body_of(answer_to(second)), R"({"a":1})");
}

TEST_F(KeptCall, ItsBodyCountsAsLongAsItIsNeeded) {
  auto first = client_with(keyed(R"({"model":"m"})"));
  hang_up(first);
  EXPECT_EQ(queue.bytes(), 13U);
  auto second = client_with();
  EXPECT_EQ(queue.bytes(), 13U);
  attempt().answer(200, "{}");
  wire.settle();
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(KeptCall, ItIsShownAsOneWithoutItsClient) {
  auto first = client_with();
  attempt().head(kStreamHead).bytes(kText);
  wire.settle();
  const auto id = exchanges.running().front().id;
  EXPECT_FALSE(exchanges.running().front().client_left);
  hang_up(first);
  ASSERT_EQ(exchanges.running().size(), 1U);
  EXPECT_EQ(exchanges.running().front().id, id);
  EXPECT_EQ(exchanges.running().front().attempts, 1U);
  EXPECT_TRUE(exchanges.running().front().client_left);
  EXPECT_EQ(exchanges.running().front().deadline, Clock::now() + 15s);
  EXPECT_EQ(last_exchange().record.id, id);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::cancelled);
  EXPECT_FALSE(last_exchange().record.client_left);
  auto second = client_with();
  EXPECT_EQ(exchanges.running().front().deadline, TimePoint::max());
  attempt().bytes(kFinish).end();
  wire.settle();
  EXPECT_TRUE(exchanges.running().empty());
  EXPECT_EQ(exchanges.finished().size(), 2U);
}

TEST_F(KeptCall, ADrainWaitsForNobodyWhoMayComeBack) {
  auto first = client_with();
  hang_up(first);
  auto second = client_with(keyed("{}", "another"));
  ASSERT_EQ(calls(), 2U);
  gateway.set_draining();
  wire.settle();
  EXPECT_FALSE(transport->attempts[0]->open);
  EXPECT_TRUE(transport->attempts[1]->open);
  hang_up(second);
  EXPECT_FALSE(transport->attempts[1]->open);
  bool joined = false;
  wire.tasks.spawn([](Gateway& of, bool& done) -> Task<> {
    co_await of.join();
    done = true;
  }(gateway, joined));
  wire.settle();
  EXPECT_TRUE(joined);
  expect_nothing_left();
}

TEST_F(KeptCall, ADrainKeepsNoAnswers) {
  auto first = client_with();
  attempt().answer(200, "{}");
  answer_to(first);
  EXPECT_EQ(gateway.shared_calls().size(), 1U);
  gateway.set_draining();
  wire.settle();
  expect_nothing_left();
}

}  // namespace
}  // namespace tidegate::gateway
