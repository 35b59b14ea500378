#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/gateway/gateway.h"
#include "daemon/observe/logging.h"
#include "tests/unit/dispatch/fake_transport.h"
#include "tests/unit/http/wire.h"

namespace tidegate::gateway {

/// A gateway between clients on socket pairs and an upstream that the test plays, under the manual clock.
struct GatewayTest : testing::Test {
  GatewayTest() {
    queue.set_gate(gate, wire.loop.get_executor());
    observe::LogOptions quiet;
    quiet.level = observe::LogLevel::warn;
    EXPECT_TRUE(observe::configure(quiet).ok());
    auto& settings = snapshot.settings;
    settings.llm.api_key = Secret("sk-upstream-key");
    settings.llm.model = "gpt-4";
    settings.retry.max_attempts = 1;
    apply();
    upstream.commit(upstream::fake_options(), std::chrono::milliseconds(0));
  }
  ~GatewayTest() override {
    wire.settle();
    gateway.set_draining();  // calls without a client end
    wire.settle();
  }

  /// The changed `snapshot` comes into force.
  void apply() { gateway.set_snapshot(std::make_shared<const config::Snapshot>(snapshot)); }

  http::ClientEnd connect(http::Peer peer = {}) {
    auto [socket, client] = wire.pair();
    auto connection = std::make_shared<http::Connection>(std::move(socket), std::make_shared<http::Limits>(), peer);
    wire.tasks.spawn(gateway.serve(std::move(connection)));
    wire.settle();
    return std::move(client);
  }
  /// What is there of the answer to `request` without the upstream doing anything further.
  std::string ask(http::ClientEnd& client, std::string_view request) {
    client.send(request);
    wire.settle();
    return client.receive();
  }
  static std::string post(std::string_view path, std::string_view body, std::string_view fields = "",
                          std::string_view version = "1.1") {
    return "POST " + std::string(path) + " HTTP/" + std::string(version) +
           "\r\nHost: localhost\r\nContent-Type: application/json\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  static std::string body_of(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
  }
  /// How the last exchange ended.
  const observe::FinishedExchange& last_exchange() {
    static const observe::FinishedExchange kNone{};
    const auto all = exchanges.finished(1);
    return all.empty() ? kNone : *all.front();
  }
  upstream::FakeAttempt& attempt() { return transport->last(); }

  http::Wire wire;
  config::Snapshot snapshot;
  std::unique_ptr<upstream::FakeTransport> owned = std::make_unique<upstream::FakeTransport>();
  upstream::FakeTransport* transport = owned.get();
  upstream::Upstream upstream{wire.loop.get_executor(), std::move(owned)};
  std::mt19937_64 random{1};
  dispatch::UpstreamGate gate{random};
  dispatch::WaitQueue queue;
  policy::RetryBudget budget;
  observe::Counters counters;
  dispatch::Dispatcher dispatcher{upstream, queue, gate, budget, counters, random};
  observe::ExchangeLog exchanges;
  Gateway gateway{wire.loop.get_executor(), dispatcher, exchanges};
};

}  // namespace tidegate::gateway
