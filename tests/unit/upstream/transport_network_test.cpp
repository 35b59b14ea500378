// Another network: connections that are open now carry no new attempt, and those under way are left alone.
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

class TransportNetwork : public TransportTest {};
TIDEGATE_OVER_BOTH_SETS(TransportNetwork);

TEST_P(TransportNetwork, AKeptConnectionIsClosedAndNotUsedAgain) {
  server.answer(ok_answer("hello"));
  finish(start("GET"));
  finish(start("GET"));
  ASSERT_EQ(server.accepted, 1U);
  transport->drop_idle_connections();
  EXPECT_EQ(transport->counts().open, 0U);
  run_until([&] { return server.open == 0; }, "the server sees it closed");
  const auto attempt = start("GET");
  EXPECT_EQ(finish(attempt).body, "hello");
  EXPECT_TRUE(attempt->stream->info().new_connection);
  EXPECT_EQ(server.accepted, 2U);
}

TEST_P(TransportNetwork, WhatIsCountedGoesOn) {
  server.answer(ok_answer("hello"));
  finish(start("GET"));
  finish(start("GET"));
  transport->drop_idle_connections();
  finish(start("GET"));
  EXPECT_EQ(transport->counts().opened_total, 2U);
  EXPECT_EQ(transport->counts().reused_total, 1U);
  EXPECT_EQ(transport->counts().open, 1U);
}

TEST_P(TransportNetwork, AnAttemptUnderWayKeepsItsConnectionAndTheNextOneGetsAnother) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    co_await peer.hold();
    co_await peer.send("world");
    co_await peer.head();
  });
  const auto old = start("GET");
  run_until([&] { return old->stream->available() == 5; }, "the first half is there");
  transport->drop_idle_connections();
  EXPECT_EQ(transport->counts().in_use, 1U);

  server.answer(ok_answer("second"));
  EXPECT_EQ(finish(start("GET")).body, "second");
  EXPECT_EQ(server.accepted, 2U);

  server.release();
  EXPECT_EQ(finish(old).body, "helloworld");
  EXPECT_EQ(old->stream->error(), nullptr);
  old->cancel();
  EXPECT_EQ(transport->counts().open, 1U) << "with its attempt the old connection goes";
  EXPECT_EQ(finish(start("GET")).body, "second");
  EXPECT_EQ(server.accepted, 2U);
  EXPECT_EQ(transport->counts().opened_total, 2U);
}

TEST_P(TransportNetwork, AnOldAttemptCanBeCancelled) {
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  const auto old = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  transport->drop_idle_connections();
  transport->drop_idle_connections();  // nothing is open here any more
  old->cancel();
  EXPECT_EQ(transport->counts().in_use, 0U);
  EXPECT_EQ(transport->counts().open, 0U);
  run_until([&] { return server.open == 0; }, "the server sees it closed");
}

TEST_P(TransportNetwork, AnOldAttemptThatIsPausedGoesOn) {
  const std::string large(std::size_t{4} << 20, 'x');
  server.answer(ok_answer(large));
  const auto old = start("GET");
  run_until([&] { return old->stream->available() >= ResponseStream::kHighWater; }, "the stream is full");
  transport->drop_idle_connections();
  EXPECT_EQ(finish(old).body.size(), large.size());
}

TEST_P(TransportNetwork, ManyChangesWithAnAttemptUnderWayInEachLeaveNothingBehind) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.hold();
    const std::string answer = ok_answer("late");
    co_await peer.send(answer);
  });
  std::vector<AttemptPtr> attempts;
  for (std::size_t i = 0; i < 20; ++i) {
    attempts.push_back(start("GET"));
    run_until([&] { return server.requests == i + 1; }, "the request has arrived");
    transport->drop_idle_connections();
  }
  EXPECT_EQ(transport->counts().in_use, 20U);
  server.release();
  for (const auto& attempt : attempts) EXPECT_EQ(finish(attempt).body, "late");
  attempts.clear();
  EXPECT_EQ(transport->counts().open, 0U);
  EXPECT_EQ(transport->counts().opened_total, 20U);
  run_until([&] { return server.open == 0; }, "the server sees all closed");
}

TEST_P(TransportNetwork, TheTransportGoesWhileOldAttemptsAreUnderWay) {
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  auto old = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  transport->drop_idle_connections();
  auto young = start("GET");
  run_until([&] { return server.requests == 2; }, "the request has arrived");
  old.reset();
  young.reset();
  renew_transport(GetParam());
  run_until([&] { return server.open == 0; }, "the server sees both closed");
}

}  // namespace
}  // namespace tidegate::upstream
