#include "daemon/upstream/upstream.h"

#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;
using std::chrono::milliseconds;
using std::chrono::seconds;

class UpstreamTest : public ::testing::Test, public TransportFixture {
 public:
  UpstreamTest() : TransportFixture(CurlMulti::Sockets::best) {}

  ~UpstreamTest() override {
    upstream.stop();
    run_until([this] { return upstream.report().connections.in_use == 0; }, "the probe has ended");
    settle();
  }

  void commit(milliseconds keep_warm = milliseconds(0)) { upstream.commit(Upstream::prepare(options()), keep_warm); }

  void pass(Clock::duration time) {
    ManualClock::advance(time);
    settle();
  }

  Upstream upstream{loop.get_executor()};
};

TEST_F(UpstreamTest, TheClientsTargetGoesBehindTheBaseUrl) {
  auto how = options();
  how.base_url = server.url("/proxy/api/");
  upstream.commit(Upstream::prepare(how), milliseconds(0));
  Attempt attempt(loop.get_executor());
  Request request;
  request.method = "GET";
  request.target = "/v1/files?purpose=x";
  attempt.stream = upstream.start(std::move(request), attempt.wakeup);
  run_until([&] { return attempt.stream->done(); }, "the answer is whole");
  EXPECT_EQ(server.last_head.substr(0, 35), "GET /proxy/api/files?purpose=x HTTP");
}

TEST_F(UpstreamTest, PrepareRefusesABadUrl) {
  auto how = options();
  how.base_url = "http://a b";
  EXPECT_THROW(Upstream::prepare(how), std::invalid_argument);
}

TEST_F(UpstreamTest, KnowsNothingAtFirst) {
  EXPECT_EQ(upstream.report().base_url, "");
  commit();
  const auto report = upstream.report();
  EXPECT_EQ(report.base_url, server.url());
  EXPECT_EQ(report.state, State::unknown);
  EXPECT_EQ(report.http_version, "");
  EXPECT_EQ(report.last_status, 0);
  EXPECT_FALSE(report.last_success_at);
  EXPECT_FALSE(report.last_error);
}

TEST_F(UpstreamTest, AnswersAndFailuresAreTold) {
  commit();
  upstream.note_answer(200, milliseconds(12), "1.1");
  EXPECT_EQ(upstream.state(), State::up);
  EXPECT_TRUE(upstream.report().last_success_at);
  EXPECT_EQ(upstream.report().http_version, "1.1");
  EXPECT_FALSE(upstream.report().last_error);

  upstream.note_answer(503, milliseconds(12), "2");
  EXPECT_EQ(upstream.state(), State::up) << "it answers";
  EXPECT_EQ(upstream.report().last_status, 503);
  EXPECT_EQ(upstream.report().last_error->code, "http_503");

  upstream.note_failure({ErrorCode::upstream_truncated, "cut"});
  EXPECT_EQ(upstream.state(), State::up);
  EXPECT_EQ(upstream.report().last_error->message, "cut");
  for (const auto code : {ErrorCode::upstream_unreachable, ErrorCode::upstream_tls, ErrorCode::upstream_timeout}) {
    upstream.note_answer(200, milliseconds(1), "1.1");
    upstream.note_failure({code, "away"});
    EXPECT_EQ(upstream.state(), State::down);
  }
}

TEST_F(UpstreamTest, ANewAddressForgetsTheOldOne) {
  commit();
  upstream.note_answer(200, milliseconds(12), "1.1");
  upstream.note_failure({ErrorCode::upstream_timeout, "away"});
  commit();
  EXPECT_EQ(upstream.state(), State::down) << "the same address";
  auto how = options();
  how.base_url = server.url("/other");
  upstream.commit(Upstream::prepare(how), milliseconds(0));
  EXPECT_EQ(upstream.state(), State::unknown);
  EXPECT_FALSE(upstream.report().last_error);
  EXPECT_FALSE(upstream.report().last_success_at);
}

TEST_F(UpstreamTest, TheFirstProbeOpensTheConnectionAndFetchesTheModels) {
  server.answer(ok_answer("{\"data\":[]}", "Content-Type: application/json\r\n"));
  commit();
  upstream.start_keeping_warm();
  run_until([&] { return upstream.models().list() != nullptr; }, "the models are known");
  EXPECT_EQ(server.last_head.substr(0, 25), "GET /v1/models HTTP/1.1\r\n");
  EXPECT_EQ(upstream.models().list()->body, "{\"data\":[]}");
  EXPECT_EQ(upstream.models().list()->content_type, "application/json");
  EXPECT_EQ(upstream.state(), State::up);
  EXPECT_EQ(upstream.report().connections.open, 1U);
  EXPECT_FALSE(upstream.refreshing());
  upstream.refresh_models();
  EXPECT_TRUE(upstream.refreshing());
  run_until([&] { return server.requests == 2; }, "it asks again");
  EXPECT_EQ(server.accepted, 1U);
}

TEST_F(UpstreamTest, ABrokenListIsNotKept) {
  for (const std::string& bad :
       {ok_answer("<html>"), ok_answer("{\"data\":["), std::string("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}"),
        ok_answer(std::string(ModelsCache::kMaxBytes + 100, ' ') + "{}")}) {
    server.answer(bad);
    const auto before = server.requests;
    auto how = options();
    how.base_url = server.url("/v" + std::to_string(before));
    upstream.commit(Upstream::prepare(how), milliseconds(0));
    if (before == 0) upstream.start_keeping_warm();
    run_until([&] { return server.requests > before && !upstream.refreshing(); }, "the probe has ended");
    EXPECT_EQ(upstream.models().list(), nullptr) << bad.substr(0, 60);
  }
}

TEST_F(UpstreamTest, AProxyThatIsAwayIsDown) {
  auto how = options();
  {
    asio::ip::tcp::acceptor gone(loop, {asio::ip::address_v4::loopback(), 0});
    how.base_url = "http://127.0.0.1:" + std::to_string(gone.local_endpoint().port()) + "/v1";
  }
  upstream.commit(Upstream::prepare(how), milliseconds(0));
  upstream.start_keeping_warm();
  run_until([&] { return upstream.state() == State::down; }, "it is seen to be away");
  EXPECT_EQ(upstream.report().last_error->code, error_info(ErrorCode::upstream_unreachable).code);
}

TEST_F(UpstreamTest, KeepsWarmOnlyWhileClientsAreAbout) {
  const ManualClock clock;
  commit(seconds(50));
  upstream.start_keeping_warm();
  run_until([&] { return server.requests == 1 && !upstream.refreshing(); }, "the first probe has ended");
  upstream.note_answer(200, milliseconds(1), "1.1");
  for (int i = 0; i < 20; ++i) pass(seconds(60));
  const auto later = server.requests;
  EXPECT_GE(later, 8U) << "the start counts as a client";
  EXPECT_LE(later, 20U);
  for (int i = 0; i < 20; ++i) pass(seconds(60));
  EXPECT_EQ(server.requests, later) << "nobody is about any more";
}

TEST_F(UpstreamTest, StopsInTheMiddleOfAProbe) {
  server.play([](Peer& peer) -> Task<> { co_await peer.head(); });
  commit();
  upstream.start_keeping_warm();
  run_until([&] { return server.requests == 1; }, "the probe has begun");
  upstream.stop();
  TaskScope tasks(loop.get_executor());
  tasks.spawn(upstream.join());
  run_until([&] { return tasks.size() == 0; }, "it is joined");
  EXPECT_EQ(upstream.report().connections.in_use, 0U);
}

}  // namespace
}  // namespace tidegate::upstream
