// Several requests, one upstream call: those that come while it is under way.
#include "tests/unit/gateway/shared_call_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct JoinedCall : SharedCallTest {};

TEST_F(JoinedCall, TheSameKeyAndBodyMakeOneCall) {
  auto first = client_with();
  auto second = client_with(keyed(R"({"model":"m"})", "k", "x-stainless-retry-count: 1\r\n"));
  ASSERT_EQ(calls(), 1U);
  attempt().answer(200, R"({"a":1})");
  const auto one = answer_to(first), two = answer_to(second);
  EXPECT_THAT(one, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(body_of(one), R"({"a":1})");
  EXPECT_EQ(body_of(two), R"({"a":1})");
  EXPECT_THAT(one, HasSubstr("\r\nx-tidegate-attempts: 1\r\n"));
  EXPECT_THAT(two, HasSubstr("\r\nx-tidegate-attempts: 0\r\n"));
  EXPECT_EQ(counters.requests.total, 2U);
  EXPECT_EQ(counters.requests.succeeded, 2U);
  EXPECT_EQ(queue.in_flight(), 0U);
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(JoinedCall, TheKeyGoesOnToTheUpstreamAndNoCompressionIsAsked) {
  auto client = client_with(keyed("{}", "my key", "Accept-Encoding: gzip\r\nX-Custom: c\r\n"));
  std::string sent;
  for (const auto& [name, value] : attempt().headers) sent += name + "=" + value + "\n";
  EXPECT_THAT(sent, HasSubstr("Idempotency-Key=my key\n"));
  EXPECT_THAT(sent, HasSubstr("X-Custom=c\n"));
  EXPECT_THAT(sent, HasSubstr("X-Request-Id=req_"));
  EXPECT_THAT(sent, Not(HasSubstr("gzip")));
}

TEST_F(JoinedCall, AStreamGoesToBoth) {
  auto first = client_with(), second = client_with();
  attempt().head(kStreamHead).bytes(kText);
  EXPECT_EQ(unchunked(answer_to(first) + "0\r\n\r\n"), kText);
  EXPECT_EQ(unchunked(answer_to(second) + "0\r\n\r\n"), kText);
  attempt().bytes(kFinish).end();
  EXPECT_THAT(answer_to(first), EndsWith("\r\n0\r\n\r\n"));
  EXPECT_THAT(answer_to(second), EndsWith("\r\n0\r\n\r\n"));
  EXPECT_EQ(counters.requests.succeeded, 2U);
}

TEST_F(JoinedCall, OneThatComesInMidStreamGetsAllFromTheBeginning) {
  auto first = client_with();
  attempt().head(kStreamHead).bytes(kText);
  wire.settle();
  auto second = client_with();
  attempt().bytes(kFinish).end();
  const std::string all = std::string(kText) + std::string(kFinish);
  EXPECT_EQ(unchunked(answer_to(second)), all);
  EXPECT_EQ(unchunked(answer_to(first)), all);
  EXPECT_EQ(calls(), 1U);
}

TEST_F(JoinedCall, AnotherBodyWithTheKeyIsRefused) {
  auto first = client_with();
  for (const auto& other : {keyed(R"({"model":"m" })"), keyed(R"({"model":"m"})", "k", "", "/v1/embeddings")}) {
    auto second = client_with(other);
    const auto answer = answer_to(second);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(answer, HasSubstr("\"code\":\"idempotency_key_reused\""));
    EXPECT_THAT(answer, HasSubstr("\r\nx-should-retry: false\r\n"));
  }
  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(counters.refusals_for(ErrorCode::idempotency_reused), 2U);
  EXPECT_EQ(counters.requests.failed, 2U);
  attempt().answer(200, "{}");
  EXPECT_THAT(answer_to(first), StartsWith("HTTP/1.1 200 "));
}

TEST_F(JoinedCall, AKeyThatIsNoneIsRefusedAndTheConnectionGoesOn) {
  auto client = client_with(keyed("{}", std::string(256, 'k')));
  const auto answer = answer_to(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"idempotency_key_invalid\""));
  EXPECT_EQ(calls(), 0U);
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t) { attempt.answer(200, "{}"); };
  EXPECT_THAT(ask(client, keyed("{}")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(JoinedCall, AnotherClientsKeyIsAnotherKey) {
  snapshot.settings.gateway.clients = {{"a", Secret("key-a")}, {"b", Secret("key-b")}};
  apply();
  auto first = client_with(keyed("{}", "k", "Authorization: Bearer key-a\r\n"));
  auto second = client_with(keyed("[]", "k", "Authorization: Bearer key-b\r\n"));
  EXPECT_EQ(calls(), 2U);
  auto third = client_with(keyed("[]", "k", "Authorization: Bearer key-b\r\n"));
  EXPECT_EQ(calls(), 2U);
}

TEST_F(JoinedCall, ReadingIsNotShared) {
  const std::string get = "GET /v1/responses/1 HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n\r\n";
  auto first = client_with(get), second = client_with(get);
  EXPECT_EQ(calls(), 2U);
}

TEST_F(JoinedCall, TheModelThatWeNameIsNoPartOfTheRequest) {
  auto first = client_with(keyed("{}"));
  snapshot.settings.llm.model = "another";
  apply();
  auto second = client_with(keyed("{}"));
  EXPECT_EQ(calls(), 1U);
  EXPECT_EQ(attempt().body, R"({"model":"gpt-4"})");
}

TEST_F(JoinedCall, TheTriesAreMadeOnce) {
  set_tries(2);
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t number) {
    if (number == 1) attempt.answer(503, "{}", "Retry-After: 1\n");
  };
  auto first = client_with(), second = client_with();
  wire.run_for(2s);
  ASSERT_EQ(calls(), 2U);
  attempt().answer(200, "{}");
  EXPECT_THAT(answer_to(first), HasSubstr("\r\nx-tidegate-attempts: 2\r\n"));
  EXPECT_THAT(answer_to(second), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(counters.requests.retried, 1U);
}

TEST_F(JoinedCall, AnErrorAnswerGoesToBothAndIsNotKept) {
  for (const int status : {400, 503}) {
    auto first = client_with(), second = client_with();
    const auto before = calls();
    attempt().answer(status, R"({"error":"quotes sk-upstream-key"})");
    for (auto* client : {&first, &second}) {
      const auto answer = answer_to(*client);
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status)));
      EXPECT_THAT(answer, Not(HasSubstr("sk-upstream-key")));
      EXPECT_TRUE(status != 503 || answer.find("x-should-retry: false") != std::string::npos);
    }
    auto retry = client_with();
    EXPECT_EQ(calls(), before + 1) << status;
    attempt().answer(status, "{}");
    answer_to(retry);
  }
  EXPECT_EQ(gateway.shared_calls().size(), 0U);
}

TEST_F(JoinedCall, AFailureGoesToBothAndIsNotKept) {
  auto first = client_with(), second = client_with();
  attempt().fail(ErrorCode::upstream_reset);
  EXPECT_THAT(answer_to(first), HasSubstr("\"code\":\"upstream_reset\""));
  EXPECT_THAT(answer_to(second), HasSubstr("\"code\":\"upstream_reset\""));
  EXPECT_EQ(counters.requests.failed, 2U);
  auto retry = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(JoinedCall, ACutStreamIsCutForBothAndIsNotKept) {
  auto first = client_with(), second = client_with();
  attempt().head(kStreamHead).bytes(kText);
  wire.settle();
  attempt().fail(ErrorCode::upstream_truncated);
  for (auto* client : {&first, &second}) {
    EXPECT_THAT(answer_to(*client), HasSubstr("upstream_truncated"));
    EXPECT_TRUE(client->ended());
  }
  EXPECT_EQ(counters.requests.truncated, 2U);
  auto retry = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(JoinedCall, OneThatLeavesTakesNothingFromTheOther) {
  auto first = client_with(), second = client_with(), third = client_with();
  attempt().head(kStreamHead).bytes(kText);
  wire.settle();
  hang_up(first);
  hang_up(third);
  wire.run_for(60s);
  attempt().bytes(kFinish).end();
  EXPECT_EQ(unchunked(answer_to(second)), std::string(kText) + std::string(kFinish));
  EXPECT_EQ(counters.requests.cancelled, 2U);
  EXPECT_EQ(counters.requests.succeeded, 1U);
}

TEST_F(JoinedCall, ItIsShownWhoListensToWhom) {
  auto first = client_with(), second = client_with();
  ASSERT_EQ(exchanges.running().size(), 2U);
  const auto& one = exchanges.running().front();
  const auto& two = exchanges.running().back();
  EXPECT_EQ(one.shared_with, "");
  EXPECT_EQ(one.attempts, 1U);
  EXPECT_EQ(two.shared_with, one.id);
  EXPECT_EQ(two.attempts, 0U);
  EXPECT_THAT(two.waiting_for, HasSubstr(one.id));
  attempt().answer(200, "{}");
  wire.settle();
  ASSERT_EQ(exchanges.finished().size(), 2U);
  EXPECT_EQ(exchanges.finished()[0]->record.shared_with, exchanges.finished()[1]->record.id);
}

TEST_F(JoinedCall, OneThatJoinsNeedsNoPlaceInTheQueue) {
  queue.set_bounds({1, 0, 1000});
  auto first = client_with();
  auto second = client_with();
  auto other = client_with(keyed("{}", "other"));
  EXPECT_THAT(answer_to(other), StartsWith("HTTP/1.1 429 "));
  attempt().answer(200, "{}");
  EXPECT_THAT(answer_to(second), StartsWith("HTTP/1.1 200 "));
}

TEST_F(JoinedCall, AnAnswerWithoutABodyIsWhole) {
  auto first = client_with(), second = client_with();
  attempt().head("HTTP/1.1 204 No Content\n").end();
  EXPECT_THAT(answer_to(first), StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer_to(second), StartsWith("HTTP/1.1 204 "));
}

TEST_F(JoinedCall, EachHasItsOwnDeadline) {
  auto first = client_with(keyed(R"({"model":"m"})", "k", "X-Tidegate-Deadline-Ms: 5000\r\n"));
  auto second = client_with();
  wire.run_for(4900ms);
  EXPECT_EQ(first.receive(), "");
  wire.run_for(200ms);
  EXPECT_THAT(answer_to(first), HasSubstr("\"code\":\"deadline_exceeded\""));
  wire.run_for(60s);
  attempt().answer(200, R"({"a":1})");
  EXPECT_EQ(body_of(answer_to(second)), R"({"a":1})");
  EXPECT_EQ(calls(), 1U);
}

TEST_F(JoinedCall, OneThatWaitsIsKeptAliveLikeAnyOther) {
  const auto streamed = keyed(R"({"model":"m","stream":true})");
  auto first = client_with(streamed);
  wire.run_for(10s);
  auto second = client_with(streamed);
  wire.run_for(14s);
  EXPECT_THAT(answer_to(first), HasSubstr("\"choices\":[]"));
  EXPECT_EQ(second.receive(), "");
  wire.run_for(2s);
  EXPECT_THAT(answer_to(second), HasSubstr("\"choices\":[]"));
  attempt().head(kStreamHead).bytes(kText).bytes(kFinish).end();
  EXPECT_THAT(answer_to(first), HasSubstr("[DONE]"));
  EXPECT_THAT(answer_to(second), HasSubstr("[DONE]"));
  EXPECT_EQ(calls(), 1U);
}

}  // namespace
}  // namespace tidegate::gateway
