// Patience with the proxy. The clock is the test's: hours pass at once. libcurl's own timers use real time, but only
// its connect timeout matters, which ours comes before.
#include <array>

#include <sys/socket.h>

#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;
using std::chrono::seconds;

class TransportTimeout : public TransportTest {
 public:
  TransportTimeout() {
    auto how = options();
    how.idle_timeout = seconds(30);
    how.connect_timeout = seconds(10);
    configure(how);
  }

  ~TransportTimeout() override { server.stop(); }

  void pass(Clock::duration time) {
    ManualClock::advance(time);
    settle();
  }

  ManualClock clock_;
};
TIDEGATE_OVER_BOTH_SETS(TransportTimeout);

TEST_P(TransportTimeout, WithoutAnAnswer) {
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  const auto attempt = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  pass(seconds(29));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  run_until([&] { return server.open == 0; }, "the server sees the connection closed");
}

TEST_P(TransportTimeout, AShorterPatienceThanForConnectingCountsFromTheRequest) {
  auto how = options();
  how.idle_timeout = seconds(1);
  how.connect_timeout = seconds(10);
  configure(how);
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  const auto attempt = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  pass(std::chrono::milliseconds(1100));
  EXPECT_TRUE(attempt->stream->done());
}

TEST_P(TransportTimeout, InTheHead) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-");
  });
  const auto attempt = start("GET");
  run_until([&] { return server.sent > 0; }, "the half head is sent");
  settle();
  pass(seconds(31));
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
}

TEST_P(TransportTimeout, InTheBodyCountsFromTheLastByte) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
    co_await peer.hold();
    co_await peer.send("lo");
  });
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->available() == 3; }, "the first bytes have come");
  pass(seconds(25));
  server.release();
  run_until([&] { return attempt->stream->available() == 5; }, "more bytes have come");
  pass(seconds(25));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(6));
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  EXPECT_EQ(attempt->stream->available(), 5U) << "what has come is kept";
}

TEST_P(TransportTimeout, NotWhileTheClientIsSlow) {
  server.answer(ok_answer(std::string(std::size_t{8} << 20, 'x')));
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->available() >= ResponseStream::kHighWater; }, "the stream is full");
  settle();
  for (int minute = 0; minute < 20; ++minute) pass(seconds(60));
  ASSERT_FALSE(attempt->stream->done());
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body.size(), std::size_t{8} << 20);
}

TEST_P(TransportTimeout, NotWhileAnUploadMovesSlowly) {
  static constexpr std::size_t kBody = std::size_t{16} << 20;
  std::size_t allowed = 0;
  server.play([&](Peer& peer) -> Task<> {
    co_await peer.head();
    while (server.received < kBody) {
      while (peer.open() && server.received >= allowed) co_await asio::post(loop.get_executor(), use_task);
      if (!peer.open()) co_return;
      co_await peer.some(65536);
    }
    const std::string answer = ok_answer("hello");
    co_await peer.send(answer);
  });
  const auto attempt = post(std::string(kBody, 'a'));
  run_until([&] { return server.requests == 1; }, "the request has begun");
  while (allowed < kBody) {
    // More than the kernel's buffers hold between two looks at what has gone out.
    allowed += std::size_t{2} << 20;
    run_until([&] { return server.received >= std::min(allowed, kBody); }, "another piece has moved");
    pass(seconds(20));
    ASSERT_EQ(attempt->stream->error(), nullptr) << attempt->stream->error()->message;
  }
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body, "hello");
}

TEST_P(TransportTimeout, AnUploadThatStandsStillIsGivenUp) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
  });
  const auto attempt = post(std::string(std::size_t{32} << 20, 'a'));
  run_until([&] { return server.requests == 1; }, "the request has begun");
  settle();
  for (int second = 0; second < 26; ++second) pass(seconds(1));
  EXPECT_FALSE(attempt->stream->done());
  for (int second = 26; second < 31; ++second) pass(seconds(1));
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  EXPECT_EQ(attempt->stream->error()->message,
            "the proxy took nothing more of the request for 30.0 s (llm.openapi.timeout)");
}

TEST_P(TransportTimeout, AnUploadThatDiesIsGivenUpWithinItsTimeout) {
  static constexpr std::size_t kMoved = std::size_t{12} << 20;
  Wakeup dead(loop.get_executor());
  server.play([&](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    while (server.received < kMoved) co_await peer.some(65536);
    co_await dead.wait();
  });
  const auto attempt = post(std::string(std::size_t{64} << 20, 'a'));
  run_until([&] { return server.requests == 1; }, "the request has begun");
  settle();
  for (int second = 0; second < 20; ++second) pass(seconds(1));
  server.release();
  run_until([&] { return server.received >= kMoved; }, "more has moved");
  settle();
  // An eighth less than the timeout at least, and never more.
  for (int second = 0; second < 26; ++second) pass(seconds(1));
  EXPECT_FALSE(attempt->stream->done());
  for (int second = 26; second < 31; ++second) pass(seconds(1));
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  dead.notify();
  settle();
}

TEST_P(TransportTimeout, ASmallRequestThatIsNotAnsweredIsGivenUpWithinTheTimeout) {
  server.play([](Peer& peer) -> Task<> {
    std::string head = co_await peer.head();
    co_await peer.body(std::move(head));
  });
  const auto attempt = post("{}");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  settle();
  pass(seconds(29));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  EXPECT_EQ(attempt->stream->error()->message, "the proxy sent no answer for 30.0 s (llm.openapi.timeout)");
}

TEST_P(TransportTimeout, TheAnswersPatienceCountsFromTheEndOfALongUpload) {
  static constexpr std::size_t kBody = std::size_t{16} << 20;
  bool read = false;
  server.play([&](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    while (server.received < kBody) co_await peer.some(65536);
    read = true;
  });
  const auto attempt = post(std::string(kBody, 'a'));
  run_until([&] { return server.requests == 1; }, "the request has begun");
  settle();
  pass(seconds(25));
  server.release();
  run_until([&] { return read; }, "all has arrived");
  settle();
  for (int second = 0; second < 29; ++second) pass(seconds(1));
  EXPECT_FALSE(attempt->stream->done());
  for (int second = 29; second < 35; ++second) pass(seconds(1));
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(attempt->stream->error()->message, "the proxy sent no answer for 30.0 s (llm.openapi.timeout)");
}

TEST_P(TransportTimeout, TheFirstByteMayHaveMoreTimeThanThePausesBehindIt) {
  auto how = options();
  how.idle_timeout = seconds(30);
  how.first_byte_timeout = seconds(300);
  configure(how);
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
  });
  const auto attempt = post("{}");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  settle();
  pass(seconds(299));
  ASSERT_FALSE(attempt->stream->done());
  server.release();
  run_until([&] { return attempt->stream->available() == 3; }, "the first bytes have come");
  settle();
  pass(seconds(29));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(attempt->stream->error()->message, "the proxy sent nothing more for 30.0 s (llm.openapi.timeout)");
}

TEST_P(TransportTimeout, TheFirstByteMayHaveLessTime) {
  auto how = options();
  how.first_byte_timeout = seconds(5);
  configure(how);
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  const auto attempt = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  pass(seconds(4));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_EQ(error_of(*attempt), ErrorCode::upstream_timeout);
  EXPECT_EQ(attempt->stream->error()->message, "the proxy sent no answer for 5.0 s (upstream.firstByteTimeout)");
}

TEST_P(TransportTimeout, BehindTheHeadTheFirstByteIsStillWaitedFor) {
  auto how = options();
  how.first_byte_timeout = seconds(60);
  configure(how);
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  });
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->head() != nullptr; }, "the head has come");
  settle();
  pass(seconds(59));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(attempt->stream->error()->message,
            "the proxy sent nothing behind its answer's head for 1 min (upstream.firstByteTimeout)");
}

TEST_P(TransportTimeout, WhileConnectingTheConnectTimeoutCounts) {
  // A listener whose queue is full: the kernel drops what further asks for a connection.
  asio::ip::tcp::acceptor deaf(loop);
  deaf.open(asio::ip::tcp::v4());
  deaf.bind({asio::ip::address_v4::loopback(), 0});
  ASSERT_EQ(::listen(deaf.native_handle(), 0), 0);
  std::vector<std::unique_ptr<asio::ip::tcp::socket>> fill;
  for (int i = 0; i < 4; ++i) {
    fill.push_back(std::make_unique<asio::ip::tcp::socket>(loop, asio::ip::tcp::v4()));
    fill.back()->non_blocking(true);
    const auto address = deaf.local_endpoint();
    ::connect(fill.back()->native_handle(), address.data(), static_cast<socklen_t>(address.size()));
  }
  auto how = options();
  how.base_url = "http://127.0.0.1:" + std::to_string(deaf.local_endpoint().port());
  configure(how);
  const auto attempt = start("GET");
  settle();
  ASSERT_FALSE(attempt->stream->done());
  EXPECT_EQ(transport->counts().open, 1U);
  pass(seconds(9));
  EXPECT_FALSE(attempt->stream->done());
  pass(seconds(2));
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_unreachable);
  EXPECT_EQ(transport->counts().open, 0U);
  EXPECT_EQ(transport->counts().opened_total, 0U);

  const auto cancelled = start("GET");
  settle();
  cancelled->cancel();
  EXPECT_EQ(transport->counts().open, 0U) << "before its connection is complete";
}

TEST_P(TransportTimeout, OneOfManyDoesNotEndTheOthers) {
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  const auto old = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  pass(seconds(20));
  const auto young = start("GET");
  run_until([&] { return server.requests == 2; }, "the request has arrived");
  pass(seconds(11));
  EXPECT_TRUE(old->stream->done());
  EXPECT_FALSE(young->stream->done());
  pass(seconds(20));
  EXPECT_TRUE(young->stream->done());
}

}  // namespace
}  // namespace tidegate::upstream
