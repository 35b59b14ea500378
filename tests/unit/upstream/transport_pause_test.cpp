// A slow client pauses its transfer: memory is bounded, the bytes are those that were sent.
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

constexpr std::size_t kCurlBuffer = std::size_t{32} << 10;  // the larger of the receive buffers that we set
constexpr std::size_t kBody = std::size_t{16} << 20;

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  unsigned state = 7;
  for (auto& byte : out) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  return out;
}

std::string chunked(const std::string& body, std::size_t chunk) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    std::array<char, 20> size{};
    const auto piece = body.substr(at, chunk);
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    out.append(size.data()).append(piece).append("\r\n");
  }
  return out + "0\r\n\r\n";
}

class TransportPause : public TransportTest {
 public:
  void send_once(std::string answer) {
    server.play([answer = std::move(answer)](Peer& peer) -> Task<> {
      co_await peer.head();
      co_await peer.send(answer);
    });
  }

  /// Waits until nothing moves any more.
  void run_until_stuck() {
    std::size_t sent = 0;
    do {
      sent = server.sent;
      settle();
    } while (sent != server.sent);
  }
};
TIDEGATE_OVER_BOTH_SETS(TransportPause);

TEST_P(TransportPause, AClientThatDoesNotReadHoldsTheProxyBack) {
  send_once(ok_answer(std::string(kBody, 'x')));
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->available() >= ResponseStream::kHighWater; }, "the stream is full");
  run_until_stuck();
  EXPECT_LE(attempt->stream->available(), ResponseStream::kHighWater + kCurlBuffer);
  EXPECT_LT(server.sent, kBody) << "the kernel's buffers took all: the test shows nothing";
  EXPECT_FALSE(attempt->stream->done());
}

TEST_P(TransportPause, ASlowReaderGetsEveryByteWithBoundedMemory) {
  const auto body = pattern(kBody);
  for (const auto& answer : {ok_answer(body), chunked(body, 100'003)}) {
    send_once(answer);
    auto attempt = start("GET");
    const auto deadline = std::chrono::steady_clock::now() + kHang;
    for (int turns = 0; !attempt->stream->done() && std::chrono::steady_clock::now() < deadline; ++turns) {
      loop.restart();
      loop.poll_one();
      if (turns % 7 == 0 && attempt->stream->available() > 0) attempt->take();
    }
    ASSERT_TRUE(attempt->stream->done());
    while (attempt->stream->available() > 0) attempt->take();
    EXPECT_EQ(attempt->stream->error(), nullptr);
    EXPECT_TRUE(attempt->body == body) << attempt->body.size();
    EXPECT_LE(attempt->largest, ResponseStream::kHighWater + kCurlBuffer);
    attempt.reset();
    renew_transport(GetParam());
  }
}

TEST_P(TransportPause, OthersGoOnWhileOneIsPaused) {
  server.play([](Peer& peer) -> Task<> {
    while (true) {
      const std::string head = co_await peer.head();
      if (head.empty()) co_return;
      std::string answer = ok_answer("hello");
      if (head.find("/v1/large") != std::string::npos) answer = ok_answer(std::string(kBody, 'x'));
      co_await peer.send(answer);
    }
  });
  const auto large = start("GET", "/v1/large");
  run_until([&] { return large->stream->available() >= ResponseStream::kHighWater; }, "the stream is full");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(finish(start("GET")).stream->error(), nullptr);
  EXPECT_LE(large->stream->available(), ResponseStream::kHighWater + kCurlBuffer);
  finish(large);
  EXPECT_EQ(large->body.size(), kBody);
}

TEST_P(TransportPause, APausedStreamWhoseProxyDiesKeepsWhatHasCome) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(300'000, 'x'));
    co_await peer.hold();
    peer.close();
  });
  const auto attempt = start("GET");
  run_until([&] { return server.sent > 300'000 && attempt->stream->available() >= ResponseStream::kHighWater; },
            "the stream is full");
  server.release();
  settle();
  EXPECT_FALSE(attempt->stream->done()) << "what waits behind the pause has not been looked at";
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_truncated);
  EXPECT_TRUE(attempt->body == std::string(300'000, 'x')) << attempt->body.size();
}

TEST_P(TransportPause, TakingInsideAWakeupMovesOn) {
  const auto body = pattern(kBody);
  send_once(ok_answer(body));
  const auto attempt = start("GET");
  TaskScope tasks(loop.get_executor());
  const auto read = [&]() -> Task<> {
    while (true) {
      while (attempt->stream->available() > 0) attempt->take();
      if (attempt->stream->done()) co_return;
      co_await attempt->wakeup.wait();
    }
  };
  tasks.spawn(read());
  run_until([&] { return tasks.size() == 0; }, "all is read");
  EXPECT_TRUE(attempt->body == body);
}

}  // namespace
}  // namespace tidegate::upstream
