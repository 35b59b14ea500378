#include "daemon/app/subscribers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temp_folder.h"
#include "tests/unit/dispatch/fake_transport.h"
#include "tests/unit/http/wire.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

config::SnapshotPtr shared(const config::Snapshot& snapshot) {
  return std::make_shared<const config::Snapshot>(snapshot);
}

struct SubscribersTest : testing::Test {
  http::Wire wire;
  std::unique_ptr<upstream::FakeTransport> owned = std::make_unique<upstream::FakeTransport>();
  upstream::FakeTransport* transport = owned.get();
  upstream::Upstream upstream{wire.loop.get_executor(), std::move(owned)};
};

TEST_F(SubscribersTest, TheUpstreamFollowsTheConfiguration) {
  UpstreamSubscriber subscriber(upstream);
  config::Snapshot next;
  next.settings.llm.base_url = "https://proxy.example.com/v1";
  next.settings.llm.api_key = Secret("key");
  next.settings.llm.timeout = 7s;
  next.settings.gateway.name = "vps";
  next.settings.upstream.max_in_flight = 5;
  next.settings.upstream.connect_timeout = 3s;
  next.settings.upstream.first_byte_timeout = 4s;
  next.settings.upstream.ca_file = "/ca.pem";
  next.settings.upstream.http_version = config::HttpVersion::http2;
  ASSERT_EQ(subscriber.prepare(next), std::nullopt);
  EXPECT_EQ(transport->options, nullptr) << "nothing is in force before the commit";
  subscriber.commit(shared(next));
  ASSERT_NE(transport->options, nullptr);
  const auto& options = transport->options->options();
  EXPECT_EQ(options.base_url, "https://proxy.example.com/v1");
  EXPECT_EQ(options.api_key.reveal(), "key");
  EXPECT_EQ(options.gateway_name, "vps");
  EXPECT_EQ(options.idle_timeout, 7s);
  EXPECT_EQ(options.connect_timeout, 3s);
  EXPECT_EQ(options.first_byte_timeout, 4s);
  EXPECT_EQ(options.max_in_flight, 5U);
  EXPECT_EQ(options.ca_file, "/ca.pem");
  EXPECT_TRUE(options.http2);
}

TEST_F(SubscribersTest, WithoutAFirstByteTimeoutThatOfTheLlmBlockCounts) {
  UpstreamSubscriber subscriber(upstream);
  config::Snapshot next;
  next.settings.llm.base_url = "https://proxy.example.com/v1";
  ASSERT_EQ(subscriber.prepare(next), std::nullopt);
  subscriber.commit(shared(next));
  EXPECT_EQ(transport->options->options().first_byte_timeout, std::nullopt);
}

TEST_F(SubscribersTest, AnAddressThatCannotBeParsedIsRefused) {
  UpstreamSubscriber subscriber(upstream);
  config::Snapshot next;
  next.settings.llm.base_url = "https://[bad";
  const auto refused = subscriber.prepare(next);
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(*refused, StartsWith("llm.openapi.baseUrl: "));
  EXPECT_EQ(transport->options, nullptr);
}

TEST_F(SubscribersTest, ANewAddressForgetsWhatWasKnownOfTheOld) {
  UpstreamSubscriber subscriber(upstream);
  config::Snapshot next;
  const auto apply = [&](const char* url) {
    next.settings.llm.base_url = url;
    ASSERT_EQ(subscriber.prepare(next), std::nullopt);
    subscriber.commit(shared(next));
  };
  apply("https://one.example.com/v1");
  upstream.note_answer(200, 1ms, "1.1");
  apply("https://one.example.com/v1");
  EXPECT_EQ(upstream.state(), upstream::State::up);
  apply("https://two.example.com/v1");
  EXPECT_EQ(upstream.state(), upstream::State::unknown);
}

TEST_F(SubscribersTest, LimitsComeIntoForce) {
  std::mt19937_64 random;
  dispatch::UpstreamGate gate(random);
  dispatch::WaitQueue queue;
  policy::RetryBudget budget;
  observe::Counters counters;
  dispatch::Dispatcher dispatcher{upstream, queue, gate, budget, counters, random};
  observe::ExchangeLog exchanges;
  gateway::Gateway gateway(wire.loop.get_executor(), dispatcher, exchanges);
  http::Limits seen;
  http::Server server(wire.loop.get_executor(), [&](std::shared_ptr<http::Connection> connection) -> Task<> {
    seen = connection->limits();
    co_return;
  });
  LimitsSubscriber subscriber(dispatcher, server, gateway);
  config::Snapshot next;
  auto& settings = next.settings;
  settings.upstream.max_in_flight = 3;
  settings.queue.max_depth = 4;
  settings.queue.max_bytes = 5;
  settings.retry.budget = 0.0;
  settings.gateway.max_body = 6;
  settings.gateway.max_connections = 7;
  settings.gateway.head_timeout = 8s;
  settings.gateway.body_timeout = 9s;
  settings.gateway.idle_timeout = 100s;
  settings.gateway.write_timeout = 11s;
  const auto snapshot = shared(next);
  ASSERT_EQ(subscriber.prepare(*snapshot), std::nullopt);
  subscriber.commit(snapshot);
  EXPECT_EQ(queue.bounds().max_in_flight, 3U);
  EXPECT_EQ(queue.bounds().max_depth, 4U);
  EXPECT_EQ(queue.bounds().max_bytes, 5U);
  EXPECT_EQ(gateway.snapshot(), snapshot);
  for (int i = 0; i < 1000; ++i) budget.request(1h);
  int retries = 0;
  while (budget.take(1h)) ++retries;
  EXPECT_EQ(retries, 3);
  server.accepted(wire.pair().first, {});
  wire.settle();
  EXPECT_EQ(seen.max_body, 6U);
  EXPECT_EQ(seen.max_connections, 7U);
  EXPECT_EQ(seen.head_timeout, 8s);
  EXPECT_EQ(seen.body_timeout, 9s);
  EXPECT_EQ(seen.idle_timeout, 100s);
  EXPECT_EQ(seen.write_timeout, 11s);
}

TEST(LoggingSubscriber, ALogFileThatCannotBeOpenedRefusesTheConfiguration) {
  const config::TempFolder folder;
  const auto file = folder.path() / "log";
  LoggingSubscriber subscriber("info");
  config::Snapshot good;
  good.settings.log.file = file;
  ASSERT_EQ(subscriber.prepare(good), std::nullopt);
  subscriber.commit(shared(good));
  auto bad = good;
  bad.settings.log.file = folder.path() / "no" / "such" / "folder" / "log";
  const auto refused = subscriber.prepare(bad);
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(*refused, StartsWith("log: "));
  observe::log_info("still here", {});
  std::ifstream in(file);
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(in), {}), HasSubstr("still here"));
  ASSERT_TRUE(observe::configure({}).ok());
}

TEST(LoggingSubscriber, AnAbandonedChangeGoesBackToTheOldFile) {
  const config::TempFolder folder;
  LoggingSubscriber subscriber("info");
  config::Snapshot first;
  first.settings.log.file = folder.path() / "first";
  ASSERT_EQ(subscriber.prepare(first), std::nullopt);
  subscriber.commit(shared(first));
  auto second = first;
  second.settings.log.file = folder.path() / "second";
  ASSERT_EQ(subscriber.prepare(second), std::nullopt);
  subscriber.abandon();
  observe::log_info("after it", {});
  std::ifstream in(folder.path() / "first");
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(in), {}), HasSubstr("after it"));
  ASSERT_TRUE(observe::configure({}).ok());
}

}  // namespace
}  // namespace tidegate::app
