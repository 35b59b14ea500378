#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/control/control_api.h"
#include "daemon/control/views.h"
#include "tests/unit/dispatch/fake_transport.h"
#include "tests/unit/http/wire.h"

namespace tidegate::control {

/// Everything that the control socket tells of, with an upstream that the test plays.
struct ControlTest : testing::Test {
  static config::Snapshot snapshot() {
    config::Snapshot first;
    first.settings.llm.base_url = "https://proxy.example.com/v1";
    first.settings.llm.api_key = Secret("sk-upstream-key");
    first.settings.llm.model = "gpt-4";
    first.settings.gateway.name = "vps";
    first.settings.gateway.clients = {{"ide", Secret("client-key-1")}};
    first.path = "/etc/tidegate/config.yaml";
    first.digest = std::string(64, 'd');
    return first;
  }
  ControlTest() { upstream.commit(upstream::fake_options(), std::chrono::milliseconds(0)); }

  const config::WallTime wall{std::chrono::seconds(1'700'000'000)};
  http::Wire wire;
  config::Store store{snapshot(), wall};
  std::unique_ptr<upstream::FakeTransport> owned = std::make_unique<upstream::FakeTransport>();
  upstream::FakeTransport* transport = owned.get();
  upstream::Upstream upstream{wire.loop.get_executor(), std::move(owned)};
  std::mt19937_64 random{1};
  dispatch::UpstreamGate gate{random};
  dispatch::WaitQueue queue;
  observe::Counters counters;
  observe::ExchangeLog exchanges;
  observe::HealthTracker health;
  bool draining = false;
  int drains = 0;
  config::ReloadOutcome reload_outcome{config::ReloadResult::unchanged, store.current(), ""};
  Sources sources{.store = store,
                  .upstream = upstream,
                  .queue = queue,
                  .gate = gate,
                  .counters = counters,
                  .exchanges = exchanges,
                  .health = health,
                  .started = Clock::now(),
                  .listening = [] { return std::vector<std::string>{"127.0.0.1:8433"}; },
                  .draining = [this] { return draining; },
                  .reload = [this] { return reload_outcome; },
                  .drain =
                      [this] {
                        ++drains;
                        draining = true;
                      }};
};

}  // namespace tidegate::control
