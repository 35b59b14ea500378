// An attempt is cancelled at every stage of its life: the proxy sees the connection closed at once, nothing is left
// behind, and the next attempt works.
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

struct Stage {
  const char* name;
  ScriptedServer::Script script;
  std::size_t body_size;
  std::function<bool(TransportFixture&, Attempt&)> reached;
  bool tls = false;
};

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::vector<Stage> stages() {
  const auto silent = [](Peer& peer) -> Task<> { co_await peer.until_closed(); };
  const auto says = [](std::string text) {
    return [text = std::move(text)](Peer& peer) -> Task<> {
      const std::string head = co_await peer.head();
      co_await peer.body(head);
      co_await peer.send(text);
    };
  };
  const auto requested = [](TransportFixture& f, Attempt&) { return f.server.requests == 1; };
  const auto got = [](std::size_t bytes) {
    return [bytes](TransportFixture&, Attempt& attempt) { return attempt.stream->available() >= bytes; };
  };
  std::vector<Stage> out;
  out.push_back({"before_the_loop_has_turned", silent, 10, [](auto&, auto&) { return true; }});
  out.push_back({"accepted_but_nothing_read", silent, 10, [](auto& f, auto&) { return f.server.accepted == 1; }});
  out.push_back({"in_the_tls_handshake", silent, 10, [](auto& f, auto&) { return f.server.received > 100; }, true});
  out.push_back({"in_the_middle_of_a_large_upload",
                 [](Peer& peer) -> Task<> {
                   for (int i = 0; i < 20; ++i) co_await peer.some(4096);
                   co_await peer.hold();
                 },
                 std::size_t{32} << 20, [](auto& f, auto&) { return f.server.received >= 40000; }});
  out.push_back({"waiting_for_the_head", says(""), 10, requested});
  out.push_back({"in_an_informational_head", says("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"), 10, requested});
  out.push_back({"in_the_head", says("HTTP/1.1 200 OK\r\nContent-Le"), 10, requested});
  out.push_back({"after_the_head", says(kChunkedHead), 10, [](auto&, auto& a) { return a.stream->head() != nullptr; }});
  out.push_back({"in_the_body", says(kChunkedHead + "5\r\nhello\r\n"), 10, got(5)});
  out.push_back({"in_the_middle_of_a_chunk", says(kChunkedHead + "ff\r\nhello"), 10, got(5)});
  out.push_back({"in_a_sized_body", says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), 10, got(5)});
  out.push_back({"in_a_body_that_only_a_close_ends", says("HTTP/1.1 200 OK\r\n\r\nhello"), 10, got(5)});
  out.push_back({"paused_by_back_pressure",
                 [](Peer& peer) -> Task<> {
                   const std::string head = co_await peer.head();
                   co_await peer.body(head);
                   co_await peer.send(ok_answer(std::string(std::size_t{32} << 20, 'x')));
                 },
                 10, got(ResponseStream::kHighWater)});
  out.push_back({"after_the_last_byte_before_the_last_chunk", says(kChunkedHead + "5\r\nhello\r\n0\r\n"), 10, got(5)});
  return out;
}

class TransportCancel : public ::testing::TestWithParam<std::tuple<CurlMulti::Sockets, Stage>>,
                        public TransportFixture {
 public:
  TransportCancel() : TransportFixture(std::get<0>(GetParam())) {}
};

INSTANTIATE_TEST_SUITE_P(Stages, TransportCancel,
                         ::testing::Combine(::testing::Values(CurlMulti::Sockets::best, CurlMulti::Sockets::portable),
                                            ::testing::ValuesIn(stages())),
                         [](const auto& one) {
                           const bool best = std::get<0>(one.param) == CurlMulti::Sockets::best;
                           return std::string(std::get<1>(one.param).name) + (best ? "_best" : "_portable");
                         });

TEST_P(TransportCancel, ClosesAtOnceAndLeavesNothing) {
  const auto& stage = std::get<1>(GetParam());
  server.play(stage.script);
  auto how = options();
  if (stage.tls) how.base_url.replace(0, 4, "https");
  configure(how);
  const auto attempt = post(std::string(stage.body_size, 'a'));
  ASSERT_TRUE(run_until([&] { return stage.reached(*this, *attempt); }, "the stage is reached"));
  settle();
  ASSERT_FALSE(attempt->stream->done());

  attempt->cancel();
  EXPECT_EQ(transport->counts().in_use, 0U);
  EXPECT_EQ(transport->counts().open, 0U);
  server.release();
  run_until([&] { return server.open == 0; }, "the server sees the connection closed");

  server.answer(ok_answer("hello"));
  configure(options());
  const auto next = post("{}");
  finish(next);
  EXPECT_EQ(next->stream->error(), nullptr);
  EXPECT_EQ(next->body, "hello");
}

TEST_P(TransportCancel, DestroyingTheTransportMayFollowAtOnce) {
  const auto& stage = std::get<1>(GetParam());
  server.play(stage.script);
  auto how = options();
  if (stage.tls) how.base_url.replace(0, 4, "https");
  configure(how);
  const auto attempt = post(std::string(stage.body_size, 'a'));
  ASSERT_TRUE(run_until([&] { return stage.reached(*this, *attempt); }, "the stage is reached"));
  attempt->cancel();
  transport.reset();
  server.release();
  run_until([&] { return server.open == 0; }, "the server sees the connection closed");
}

class TransportCancelMore : public TransportTest {};
TIDEGATE_OVER_BOTH_SETS(TransportCancelMore);

TEST_P(TransportCancelMore, OneThatIsDoneButNotYetNoticedKeepsItsConnection) {
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->done(); }, "the answer is whole");
  attempt->cancel();  // the bytes and the end were never looked at
  EXPECT_EQ(transport->counts().open, 1U);
  finish(start("GET"));
  EXPECT_EQ(server.accepted, 1U);
  EXPECT_EQ(transport->counts().reused_total, 1U);
}

TEST_P(TransportCancelMore, OnAPooledConnectionOnlyThatOneIsClosed) {
  server.play([](Peer& peer) -> Task<> {
    std::string head = co_await peer.head();
    while (head.find("/v1/silent") == std::string::npos && !head.empty()) {
      co_await peer.send(ok_answer("hello"));
      head = co_await peer.head();
    }
  });
  const auto first = start("GET");
  const auto second = start("GET");
  finish(first);
  finish(second);
  ASSERT_EQ(transport->counts().open, 2U);
  const auto silent = start("GET", "/v1/silent");
  run_until([&] { return server.requests == 3; }, "the request has arrived");
  EXPECT_EQ(server.accepted, 2U);
  silent->cancel();
  run_until([&] { return server.open == 1; }, "the server sees the connection closed");
  finish(start("GET"));
  EXPECT_EQ(server.accepted, 2U);
}

TEST_P(TransportCancelMore, FromWithinTheWakeupOfAnother) {
  server.play([](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    if (head.find("/v1/quick") == std::string::npos) co_return;
    co_await peer.send(ok_answer("hello"));
  });
  std::vector<AttemptPtr> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(start("GET", "/v1/silent"));
  run_until([&] { return server.requests == 10; }, "the requests have arrived");
  const auto quick = start("GET", "/v1/quick");
  TaskScope tasks(loop.get_executor());
  const auto watch = [&]() -> Task<> {
    while (!quick->stream->done()) co_await quick->wakeup.wait();
    silent.clear();
    quick->cancel();
  };
  tasks.spawn(watch());
  run_until([&] { return tasks.size() == 0; }, "the task has ended");
  EXPECT_EQ(transport->counts().in_use, 0U);
  EXPECT_EQ(transport->counts().open, 1U) << "the quick one's goes back to the pool";
  run_until([&] { return server.open == 1; }, "the server sees the others closed");
}

TEST_P(TransportCancelMore, StreamsThatEndAnotherWhileItsEndIsPending) {
  // Both answers come in one write each, so both streams may be done in the same round: the first waiter destroys the
  // second before that is told.
  server.answer(ok_answer("hello"));
  for (int round = 0; round < 200; ++round) {
    auto first = start("GET");
    auto second = start("GET");
    TaskScope tasks(loop.get_executor());
    const auto watch = [&](Attempt& mine, AttemptPtr& other) -> Task<> {
      while (mine.stream != nullptr && !mine.stream->done()) co_await mine.wakeup.wait();
      if (mine.stream != nullptr && other->stream != nullptr) {
        other->cancel();
        other->wakeup.notify();
      }
    };
    tasks.spawn(watch(*first, second));
    tasks.spawn(watch(*second, first));
    run_until([&] { return tasks.size() == 0; }, "the tasks have ended");
    ASSERT_NE(first->stream == nullptr, second->stream == nullptr);
  }
  EXPECT_EQ(transport->counts().in_use, 0U);
}

TEST_P(TransportCancelMore, AWakeupThatIsGoneIsNotTouched) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    co_await peer.send(ok_answer("hello"));
  });
  {
    const auto attempt = start("GET");
    run_until([&] { return server.requests == 1; }, "the request has arrived");
  }
  server.release();
  settle();
}

}  // namespace
}  // namespace tidegate::upstream
