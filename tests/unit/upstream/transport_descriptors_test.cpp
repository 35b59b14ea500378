// Descriptor numbers are used again at once: what was known of the old one must not reach the new one.
#include <netinet/in.h>
#include <sys/socket.h>

#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

/// The lowest descriptor of this process that is connected to the port: libcurl's, and not a copy that a set made.
int connected_to(unsigned short port) {
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
        ntohs(peer.sin_port) == port)
      return fd;
  }
  return -1;
}

class TransportDescriptors : public TransportTest {};
TIDEGATE_OVER_BOTH_SETS(TransportDescriptors);

ScriptedServer::Script one_answer_then_close() {
  return [](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    co_await peer.body(head);
    co_await peer.send(ok_answer("hello"));
    peer.close();
  };
}

TEST_P(TransportDescriptors, APooledConnectionThatTheProxyClosedIsReplacedUnderTheSameNumber) {
  server.play(one_answer_then_close());
  for (const bool seen : {true, false}) {
    finish(start("GET"));
    run_until([&] { return server.open == 0; }, "the server has closed it");
    const auto before = connected_to(server.port());
    if (seen) settle();
    const auto attempt = post(std::string(200'000, 'a'));
    EXPECT_EQ(connected_to(server.port()), before) << "another number: the test shows nothing";
    finish(attempt);
    EXPECT_EQ(attempt->stream->error(), nullptr) << attempt->stream->error()->message;
    EXPECT_EQ(attempt->body, "hello");
    EXPECT_TRUE(attempt->stream->info().new_connection);
    EXPECT_EQ(transport->counts().open, 1U);
  }
}

TEST_P(TransportDescriptors, ACancelledOnesNumberServesTheNext) {
  server.play([](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    if (head.find("/v1/silent") != std::string::npos) {
      co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nold");
      co_return;
    }
    co_await peer.send(ok_answer("new"));
  });
  for (int i = 0; i < 50; ++i) {
    renew_transport(GetParam());
    const auto before = server.sent;
    const auto old = start("GET", "/v1/silent");
    run_until([&] { return server.sent > before; }, "the old one's bytes are on their way");
    const auto numbers = connected_to(server.port());
    old->cancel();  // its event may be waiting in the set
    const auto next = start("GET");
    EXPECT_EQ(connected_to(server.port()), numbers) << "another number: the test shows nothing";
    finish(next);
    ASSERT_EQ(next->stream->error(), nullptr);
    ASSERT_EQ(next->body, "new");
  }
}

TEST_P(TransportDescriptors, AnIdleConnectionThatTheProxyClosesDoesNotSpinTheLoop) {
  server.play(one_answer_then_close());
  finish(start("GET"));
  run_until([&] { return server.open == 0; }, "the server has closed it");
  settle();
  std::size_t handlers = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < end) {
    loop.restart();
    handlers += loop.run_one_for(std::chrono::milliseconds(10));
  }
  EXPECT_LT(handlers, 20U);
}

TEST_P(TransportDescriptors, APausedTransferDoesNotSpinTheLoop) {
  server.answer(ok_answer(std::string(std::size_t{8} << 20, 'x')));
  const auto attempt = start("GET");
  run_until([&] { return attempt->stream->available() >= ResponseStream::kHighWater; }, "the stream is full");
  settle();
  std::size_t handlers = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < end) {
    loop.restart();
    handlers += loop.run_one_for(std::chrono::milliseconds(10));
  }
  EXPECT_LT(handlers, 20U);
}

TEST_P(TransportDescriptors, ThePoolHoldsNoMoreThanItsSize) {
  auto how = options();
  how.max_in_flight = 4;
  configure(how);
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    co_await peer.send(ok_answer("hello"));
    co_await peer.until_closed();
  });
  std::vector<AttemptPtr> attempts;
  for (int i = 0; i < 40; ++i) attempts.push_back(start("GET"));
  run_until([&] { return server.requests == 40; }, "all have arrived");
  EXPECT_EQ(transport->counts().open, 40U);
  server.release();
  for (const auto& attempt : attempts) EXPECT_EQ(finish(attempt).stream->error(), nullptr);
  EXPECT_LE(transport->counts().open, 12U);
  run_until([&] { return server.open <= 12; }, "the server sees the others closed");
}

}  // namespace
}  // namespace tidegate::upstream
