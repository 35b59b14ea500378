// What is held for those that may come is bounded: calls, bytes of one answer, bytes of all.
#include "tests/unit/gateway/shared_call_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct SharedCallBounds : SharedCallTest {
  void set_bounds(std::size_t calls, std::size_t bytes, std::size_t replay) {
    gateway.shared_calls().set_bounds({calls, bytes, replay});
  }
  /// So many bytes of a stream.
  static std::string event(std::size_t size, char fill) { return "data: " + std::string(size - 8, fill) + "\n\n"; }
  /// A kept answer of `size` bytes under `key`.
  void keep(std::string_view key, std::size_t size) {
    auto client = client_with(keyed("{}", key));
    attempt().answer(200, std::string(size, 'x'));
    answer_to(client);
  }
  /// Whether a retry with `key` is answered without a call.
  bool kept(std::string_view key) {
    const auto before = calls();
    auto client = client_with(keyed("{}", key));
    if (calls() == before) return true;
    attempt().answer(400, "{}");
    answer_to(client);
    return false;
  }
};

TEST_F(SharedCallBounds, WithAllPlacesTakenARequestMakesItsOwnWay) {
  set_bounds(1, 1000, 1000);
  auto first = client_with(keyed("{}", "one"));
  auto second = client_with(keyed("{}", "two"));
  auto third = client_with(keyed("{}", "two"));
  EXPECT_EQ(calls(), 3U);
  EXPECT_EQ(gateway.shared_calls().size(), 1U);
  hang_up(second);
  EXPECT_FALSE(transport->attempts[1]->open);
  attempt().answer(200, "{}");
  EXPECT_THAT(answer_to(third), StartsWith("HTTP/1.1 200 "));
  auto fourth = client_with(keyed("{}", "one"));
  EXPECT_EQ(calls(), 3U);
}

TEST_F(SharedCallBounds, ACallThatRunsIsWorthMoreThanAnAnswerThatIsKept) {
  set_bounds(2, 1000, 1000);
  keep("old", 10);
  wire.run_for(1s);
  keep("new", 10);
  auto third = client_with(keyed("{}", "three"));
  EXPECT_EQ(gateway.shared_calls().size(), 2U);
  EXPECT_EQ(gateway.shared_calls().bytes(), 10U);
  EXPECT_TRUE(kept("new"));
  auto also = client_with(keyed("{}", "three"));
  EXPECT_EQ(calls(), 3U);
}

TEST_F(SharedCallBounds, TheOldestAnswersGoFirst) {
  set_bounds(10, 100, 1000);
  keep("one", 40);
  wire.run_for(1s);
  keep("two", 40);
  wire.run_for(1s);
  keep("three", 40);
  EXPECT_EQ(gateway.shared_calls().bytes(), 80U);
  EXPECT_TRUE(kept("two"));
  EXPECT_TRUE(kept("three"));
  EXPECT_FALSE(kept("one"));
}

TEST_F(SharedCallBounds, ALongAnswerCannotBeJoinedBehindItsBound) {
  set_bounds(10, 1000, 100);
  auto first = client_with(), second = client_with();
  attempt().head(kStreamHead).bytes(event(60, 'a'));
  wire.settle();
  attempt().bytes(event(60, 'b'));
  wire.settle();
  auto third = client_with();
  const auto refused = answer_to(third);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 409 "));
  EXPECT_THAT(refused, HasSubstr("\"code\":\"idempotency_answer_too_long\""));
  EXPECT_THAT(refused, HasSubstr("\r\nx-should-retry: false\r\n"));
  EXPECT_EQ(gateway.shared_calls().bytes(), 0U);  // both have read it
  attempt().bytes(kText).bytes(kFinish).end();
  for (auto* client : {&first, &second}) {
    const auto answer = answer_to(*client);
    EXPECT_THAT(answer, HasSubstr(event(60, 'a')));
    EXPECT_THAT(answer, HasSubstr(event(60, 'b')));
    EXPECT_THAT(answer, EndsWith("\r\n0\r\n\r\n"));
  }
  EXPECT_EQ(gateway.shared_calls().size(), 0U);
  auto later = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(SharedCallBounds, WhatCannotBeJoinedDoesNotGoOnWithoutAClient) {
  set_bounds(10, 1000, 100);
  auto first = client_with();
  attempt().head(kStreamHead).bytes(event(200, 'a'));
  wire.settle();
  hang_up(first);
  EXPECT_FALSE(attempt().open);
  auto second = client_with();
  EXPECT_EQ(calls(), 2U);
}

TEST_F(SharedCallBounds, WithoutItsClientACallGrowsToItsBoundOnly) {
  set_bounds(10, 1000, 100);
  auto first = client_with();
  attempt().head(kStreamHead).bytes(event(90, 'a'));
  wire.settle();
  hang_up(first);
  EXPECT_TRUE(attempt().open);
  attempt().bytes(event(20, 'a'));
  wire.settle();
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(gateway.shared_calls().bytes(), 0U);
}

TEST_F(SharedCallBounds, AllAnswersTogetherAreBoundedToo) {
  set_bounds(10, 100, 90);
  auto first = client_with(keyed("{}", "one")), second = client_with(keyed("{}", "two"));
  for (const auto& one : transport->attempts) one->head(kStreamHead).bytes(event(60, 'a'));
  wire.settle();
  EXPECT_LE(gateway.shared_calls().bytes(), 100U);
  auto joins = client_with(keyed("{}", "one")), refused = client_with(keyed("{}", "two"));
  EXPECT_THAT(answer_to(joins), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer_to(refused), StartsWith("HTTP/1.1 409 "));
}

TEST_F(SharedCallBounds, TheSlowestListenerPausesTheUpstream) {
  set_bounds(10, std::size_t{16} << 20, 1000);
  auto fast = client_with(), slow = client_with();
  attempt().head("HTTP/1.1 200 OK\nContent-Type: text/plain\nTransfer-Encoding: chunked\n");
  std::string sent, fast_got, slow_got;
  const auto send = [&](char fill) {
    const std::string piece(32 << 10, fill);
    sent += piece;
    attempt().bytes(piece);
    wire.settle();
    fast_got += fast.receive();
    wire.settle();
  };
  for (int i = 0; i < 400 && attempt().waiting.empty(); ++i) send(static_cast<char>('a' + i % 26));
  ASSERT_FALSE(attempt().waiting.empty()) << "nothing ever paused";
  EXPECT_LT(gateway.shared_calls().bytes(), 2 * upstream::ResponseStream::kHighWater);
  EXPECT_LT(attempt().waiting.size(), sent.size());

  attempt().end();
  for (int i = 0; i < 1000 && !slow_got.ends_with("\r\n0\r\n\r\n"); ++i) {
    wire.settle();
    fast_got += fast.receive();
    slow_got += slow.receive();
  }
  fast_got += answer_to(fast);
  EXPECT_EQ(unchunked(slow_got), sent);
  EXPECT_EQ(unchunked(fast_got), sent);
}

TEST_F(SharedCallBounds, AListenerThatStallsHoldsUpTheOthersOnlyUntilItIsCutOff) {
  set_bounds(10, std::size_t{16} << 20, 1000);
  auto fast = client_with(), stalled = client_with();
  attempt().head("HTTP/1.1 200 OK\nContent-Type: text/plain\nTransfer-Encoding: chunked\n");
  for (int i = 0; i < 400 && attempt().waiting.empty(); ++i) {
    attempt().bytes(std::string(32 << 10, 'x'));
    wire.settle();
    fast.receive();
    wire.settle();
  }
  ASSERT_FALSE(attempt().waiting.empty());
  attempt().end();
  wire.run_for(310s, 1s);  // gateway.writeTimeout
  std::string rest;
  for (int i = 0; i < 1000 && !rest.ends_with("\r\n0\r\n\r\n"); ++i) {
    rest += fast.receive();
    wire.settle();
  }
  EXPECT_THAT(rest, EndsWith("\r\n0\r\n\r\n"));
}

}  // namespace
}  // namespace tidegate::gateway
