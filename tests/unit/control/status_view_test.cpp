#include <unistd.h>

#include "common/version.h"
#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

using namespace std::chrono_literals;

using StatusView = ControlTest;

// What a status has at least: programs rely on these names.
TEST_F(StatusView, HasEveryFieldOfTheContract) {
  const auto status = status_view(sources);
  for (const char* pointer : {"/version",
                              "/pid",
                              "/uptime_s",
                              "/state",
                              "/gateway/name",
                              "/config/path",
                              "/config/digest",
                              "/config/generation",
                              "/config/loaded_at",
                              "/config/last_error",
                              "/upstreams/0/name",
                              "/upstreams/0/base_url",
                              "/upstreams/0/state",
                              "/upstreams/0/http_version",
                              "/upstreams/0/connections/open",
                              "/upstreams/0/connections/in_use",
                              "/upstreams/0/connections/opened_total",
                              "/upstreams/0/connections/reused_total",
                              "/upstreams/0/last_success_at",
                              "/upstreams/0/last_error",
                              "/upstreams/0/latency_ms/p50",
                              "/upstreams/0/latency_ms/p90",
                              "/upstreams/0/latency_ms/p99",
                              "/queue/depth",
                              "/queue/in_flight",
                              "/queue/max_in_flight",
                              "/queue/oldest_wait_ms",
                              "/requests/total",
                              "/requests/succeeded",
                              "/requests/failed",
                              "/requests/cancelled",
                              "/requests/retried",
                              "/jobs/queued",
                              "/jobs/running",
                              "/jobs/completed",
                              "/jobs/failed",
                              "/limits",
                              "/health"})
    EXPECT_TRUE(status.contains(Json::json_pointer(pointer))) << pointer;
  EXPECT_TRUE(status["limits"].is_array());
  EXPECT_TRUE(status["health"].is_array());
}

TEST_F(StatusView, TellsAFreshDaemon) {
  wire.run_for(90s, 10s);
  const auto status = status_view(sources);
  EXPECT_EQ(status["version"], kVersion);
  EXPECT_EQ(status["pid"], ::getpid());
  EXPECT_EQ(status["uptime_s"], 90);
  EXPECT_EQ(status["state"], "ready");
  EXPECT_EQ(status["gateway"]["name"], "vps");
  EXPECT_EQ(status["gateway"]["listen"][0], "127.0.0.1:8433");
  EXPECT_EQ(status["config"]["digest"], std::string(64, 'd'));
  EXPECT_EQ(status["config"]["generation"], 1);
  EXPECT_EQ(status["config"]["loaded_at"].get<std::string>().substr(0, 19), "2023-11-14T22:13:20");
  EXPECT_TRUE(status["config"]["last_error"].is_null());
  const auto& proxy = status["upstreams"][0];
  EXPECT_EQ(proxy["state"], "unknown");
  EXPECT_TRUE(proxy["http_version"].is_null());
  EXPECT_TRUE(proxy["last_success_at"].is_null());
  EXPECT_TRUE(proxy["latency_ms"]["p50"].is_null()) << "no number that was not measured";
}

TEST_F(StatusView, TellsWhatTheUpstreamDoes) {
  transport->told = {7, 93, 3, 1};
  for (int i = 1; i <= 100; ++i) upstream.note_answer(200, i * 1ms, "1.1");
  const auto up = status_view(sources)["upstreams"][0];
  EXPECT_EQ(up["state"], "up");
  EXPECT_EQ(up["http_version"], "1.1");
  EXPECT_EQ(up["connections"], Json::parse(R"({"open":3,"in_use":1,"opened_total":7,"reused_total":93})"));
  EXPECT_GE(up["latency_ms"]["p50"], 49);
  EXPECT_GE(up["latency_ms"]["p99"], 98);
  EXPECT_TRUE(up["last_success_at"].is_string());
  upstream.note_failure({ErrorCode::upstream_unreachable, "connection refused"});
  const auto down = status_view(sources)["upstreams"][0];
  EXPECT_EQ(down["state"], "down");
  EXPECT_EQ(down["last_error"]["code"], "upstream_unreachable");
  EXPECT_EQ(down["last_error"]["message"], "connection refused");
  EXPECT_TRUE(down["last_success_at"].is_string());
}

TEST_F(StatusView, TellsQueueAndCounts) {
  queue.set_bounds({1, 5, 1000});
  Wakeup wakeup(wire.loop.get_executor());
  dispatch::WaitQueue::Ticket running(queue, queue.arrive(), wakeup);
  dispatch::WaitQueue::Ticket waiting(queue, queue.arrive(), wakeup);
  counters.requests = {9, 4, 3, 1, 1, 2};
  counters.streams.complete = 5;
  counters.streams.truncated[static_cast<std::size_t>(observe::Truncation::stalled)] = 7;
  counters.streams.malformed_chunks = 2;
  counters.streams.terminal_added = 1;
  counters.streams.heartbeats = 8;
  wire.run_for(1500ms);
  const auto status = status_view(sources);
  EXPECT_EQ(status["queue"]["depth"], 1);
  EXPECT_EQ(status["queue"]["in_flight"], 1);
  EXPECT_EQ(status["queue"]["max_in_flight"], 1);
  EXPECT_EQ(status["queue"]["max_depth"], 5);
  EXPECT_EQ(status["queue"]["oldest_wait_ms"], 1500);
  EXPECT_EQ(status["requests"],
            Json::parse(R"({"total":9,"succeeded":4,"failed":3,"cancelled":1,"truncated":1,"retried":2})"));
  EXPECT_EQ(
      status["streams"],
      Json::parse(
          R"({"complete":5,"truncated":{"cut_before_finish":0,"done_without_finish":0,"malformed_chunk":0,)"
          R"("error_chunk":0,"stalled":7,"reset":0,"deadline":0,"bad_framing":0},"malformed_chunks":2,"terminal_added":1,)"
          R"("heartbeats":8})"));
}

TEST_F(StatusView, TellsWhyAReloadFailed) {
  store.reject({"config.yaml:3:5: no such key", 3, 5, wall});
  const auto status = status_view(sources);
  EXPECT_EQ(status["config"]["last_error"]["message"], "config.yaml:3:5: no such key");
  EXPECT_EQ(status["config"]["last_error"]["line"], 3);
  EXPECT_EQ(status["config"]["last_error"]["column"], 5);
  EXPECT_EQ(status["state"], "degraded");
}

TEST_F(StatusView, NoViewHoldsASecret) {
  for (const auto& view : {status_view(sources), health_view(sources), exchanges_view(sources), config_view(sources)}) {
    const auto text = view.dump();
    EXPECT_EQ(text.find("sk-upstream-key"), std::string::npos) << text;
    EXPECT_EQ(text.find("client-key-1"), std::string::npos) << text;
  }
}

TEST_F(StatusView, TheConfigurationIsInTheFilesOwnSpelling) {
  const auto view = config_view(sources);
  EXPECT_EQ(view["digest"], std::string(64, 'd'));
  EXPECT_EQ(view["config"]["llm"]["openapi"]["apiKey"], "[redacted]");
  EXPECT_EQ(view["config"]["llm"]["openapi"]["baseUrl"], "https://proxy.example.com/v1");
}

}  // namespace
}  // namespace tidegate::control
