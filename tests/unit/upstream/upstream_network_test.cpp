// Sleep and another network, as the Upstream sees them: over a fake transport, with a sleep of the test's.
#include "daemon/upstream/upstream.h"

#include "tests/unit/dispatch/fake_transport.h"
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds asleep{};

struct UpstreamNetwork : ::testing::Test {
  UpstreamNetwork() {
    upstream.on_network_change = [this] { ++told; };
    transport->script = [](FakeAttempt& attempt, std::size_t) { attempt.answer(200, R"({"data":[]})"); };
  }
  ~UpstreamNetwork() override {
    upstream.stop();
    run_for(1s);
  }

  void commit(std::chrono::milliseconds keep_warm = 0ms) { upstream.commit(fake_options(), keep_warm); }
  void request() {
    Attempt attempt(loop.get_executor());
    Request request;
    request.method = "GET";
    request.target = "/v1/files";
    attempt.stream = upstream.start(std::move(request), attempt.wakeup);
    drops_at_start = transport->drops;
  }
  void run_for(Clock::duration time) { ManualClock::run_for(loop, time, 100ms); }

  ManualClock clock;
  asio::io_context loop{1};
  std::unique_ptr<FakeTransport> owned = std::make_unique<FakeTransport>();
  FakeTransport* transport = owned.get();
  Upstream upstream{loop.get_executor(), std::move(owned), platform::SleepDetector([]() noexcept { return asleep; })};
  int told = 0;
  std::size_t drops_at_start = 0;
};

TEST_F(UpstreamNetwork, WithoutASleepConnectionsStay) {
  commit();
  request();
  request();
  upstream.notice_sleep();
  EXPECT_EQ(transport->drops, 0U);
  EXPECT_EQ(told, 0);
}

TEST_F(UpstreamNetwork, ASleepIsNoticedBeforeTheFirstAttemptBehindIt) {
  commit();
  request();
  asleep += 8h;
  transport->script = [this](FakeAttempt& attempt, std::size_t) {
    EXPECT_EQ(transport->drops, 1U) << "dropped before the attempt began";
    attempt.answer(200, "{}");
  };
  request();
  EXPECT_EQ(transport->drops, 1U);
  EXPECT_EQ(told, 1);
  request();
  EXPECT_EQ(transport->drops, 1U) << "once for each sleep";
}

TEST_F(UpstreamNetwork, ASleepIsNoticedBetweenRequestsToo) {
  commit();
  asleep += 8h;
  upstream.notice_sleep();
  EXPECT_EQ(transport->drops, 1U);
  request();
  EXPECT_EQ(transport->drops, 1U);
}

TEST_F(UpstreamNetwork, AProbeBehindASleepUsesANewConnection) {
  commit(50s);
  upstream.start_keeping_warm();
  run_for(1s);
  ASSERT_EQ(transport->attempts.size(), 1U);
  asleep += 8h;
  transport->script = [this](FakeAttempt& attempt, std::size_t) {
    EXPECT_EQ(transport->drops, 1U);
    attempt.answer(200, R"({"data":[]})");
  };
  run_for(60s);
  EXPECT_EQ(transport->attempts.size(), 2U) << "one probe, not one more for the sleep";
  EXPECT_EQ(told, 1);
}

TEST_F(UpstreamNetwork, AnotherNetworkOpensAConnectionAheadWhileClientsAreAbout) {
  commit(50s);
  upstream.start_keeping_warm();
  run_for(1s);
  ASSERT_EQ(transport->attempts.size(), 1U);
  upstream.network_changed();
  EXPECT_EQ(transport->drops, 1U);
  EXPECT_EQ(told, 1);
  run_for(1s);
  EXPECT_EQ(transport->attempts.size(), 2U);
}

TEST_F(UpstreamNetwork, AnotherNetworkOpensNothingWhileNobodyIsAbout) {
  commit(50s);
  upstream.start_keeping_warm();
  run_for(Upstream::kClientsAreAbout + 1min);
  const auto before = transport->attempts.size();
  upstream.network_changed();
  run_for(1min);
  EXPECT_EQ(transport->drops, 1U);
  EXPECT_EQ(transport->attempts.size(), before);
}

TEST_F(UpstreamNetwork, NorWhereNothingIsKeptWarm) {
  commit(0ms);
  upstream.start_keeping_warm();
  run_for(1s);
  const auto before = transport->attempts.size();
  upstream.network_changed();
  run_for(1min);
  EXPECT_EQ(transport->attempts.size(), before);
}

TEST_F(UpstreamNetwork, NobodyNeedsToListen) {
  commit();
  upstream.on_network_change = nullptr;
  upstream.network_changed();
  EXPECT_EQ(transport->drops, 1U);
}

}  // namespace
}  // namespace tidegate::upstream
