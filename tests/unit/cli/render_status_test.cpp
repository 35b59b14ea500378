#include "cli/render_status.h"

#include <cstdlib>
#include <ctime>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/text.h"
#include "common/version.h"

namespace tidegate::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class RenderStatus : public testing::Test {
 protected:
  RenderStatus() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    status["version"] = kVersion;
  }

  std::string render() const { return render_status(status, view); }

  View view{Painter{}, *parse_rfc3339("2026-07-01T12:00:10Z"), "/root", 80};
  json status = json::parse(R"({
    "pid":4242,"uptime_s":10935.2,"state":"ready",
    "gateway":{"name":"vps","listen":["127.0.0.1:8433","/run/tidegate/api.sock"]},
    "config":{"path":"/root/.openclaw/config.yaml","digest":"3fa9c1d2e4b800","generation":3,"loaded_at":"2026-07-01T09:58:10Z","last_error":null,"model":"gpt-4"},
    "upstreams":[{"name":"default","base_url":"https://key@proxy.example.com/v1?k=1","state":"up","http_version":"1.1",
      "connections":{"open":4,"in_use":2,"opened_total":12,"reused_total":1188},
      "last_success_at":"2026-07-01T12:00:08Z",
      "last_error":{"at":"2026-07-01T11:57:00Z","code":"upstream_timeout","message":"the proxy sent no byte for 30 s"},
      "latency_ms":{"p50":3.14,"p90":480,"p99":1200,"count":1000}}],
    "queue":{"depth":0,"in_flight":2,"max_in_flight":32,"max_depth":1000,"oldest_wait_ms":null},
    "requests":{"total":1204,"succeeded":1190,"failed":6,"cancelled":8,"retried":14,"truncated":0},
    "jobs":{"queued":0,"running":0,"completed":0,"failed":0},"limits":[],"health":[]})");
};

TEST_F(RenderStatus, AGoodDay) {
  EXPECT_EQ(render(), "Gateway      vps: ready, up 3 h 2 min (version " + std::string(kVersion) +
                          ", pid 4242)\n"
                          "Proxy        up: https://proxy.example.com/v1\n"
                          "             HTTP/1.1 over TLS, last answer 2 s ago (12:00:08)\n"
                          "Connections  4 open, 2 in use; 12 opened in all; reuse 99.0 %\n"
                          "First byte   p50 3.1 ms, p90 480 ms, p99 1.2 s (1,000 answers)\n"
                          "Last error   3 min 10 s ago (11:57:00), answers since\n"
                          "             upstream_timeout: the proxy sent no byte for 30 s\n"
                          "Waiting      none; 2 of 32 in flight\n"
                          "Requests     1,204 in all: 1,190 succeeded, 6 failed, 8 cancelled, 14 retried\n"
                          "Config       3fa9c1d2e4b8, generation 3, loaded 2 h 2 min ago (09:58:10)\n"
                          "             ~/.openclaw/config.yaml, model gpt-4\n"
                          "Listening    127.0.0.1:8433, /run/tidegate/api.sock\n");
}

TEST_F(RenderStatus, JustStarted) {
  auto& upstream = status["upstreams"][0];
  upstream["state"] = "unknown";
  for (const char* key : {"http_version", "last_success_at", "last_error"}) upstream[key] = nullptr;
  upstream["connections"] = {{"open", 0}, {"in_use", 0}, {"opened_total", 0}, {"reused_total", 0}};
  upstream["latency_ms"] = {{"p50", nullptr}, {"p90", nullptr}, {"p99", nullptr}, {"count", 0}};
  status["requests"] = {{"total", 0}};
  status["uptime_s"] = 0.4;
  EXPECT_THAT(render(), HasSubstr("ready, up 400 ms ("));
  EXPECT_THAT(render(), HasSubstr("Proxy        not tried yet: https://proxy.example.com/v1\n"
                                  "             no connection yet (TLS), no answer yet\n"
                                  "Connections  0 open, 0 in use; 0 opened in all\n"
                                  "First byte   no data yet\n"
                                  "Waiting      none"));
  EXPECT_THAT(render(), HasSubstr("Requests     none yet\n"));
}

TEST_F(RenderStatus, ABadDay) {
  status["state"] = "degraded";
  status["upstreams"][0].update(
      {{"state", "down"}, {"last_success_at", "2026-07-01T11:00:00Z"}, {"http_version", "2"}});
  status["upstreams"][0]["base_url"] = "http://10.0.0.1/v1";
  status["queue"].update({{"depth", 812}, {"oldest_wait_ms", 61'000}});
  status["config"]["last_error"] = {
      {"message", "llm: expected a map\x1b"}, {"line", 4}, {"column", 3}, {"at", "2026-07-01T12:00:00Z"}};
  status["health"] = {
      {{"code", "w"}, {"severity", "warning"}, {"summary", "a warning"}, {"since", "2026-07-01T11:00:00Z"}},
      {{"code", "e"}, {"severity", "error"}, {"summary", "an error"}, {"since", "2026-06-30T11:00:00Z"}}};
  const auto out = render();
  EXPECT_THAT(out, HasSubstr("Health       error: an error [e], since 2026-06-30 11:00:00\n"
                             "             warning: a warning [w], since 11:00:00\n"
                             "Proxy        down: http://10.0.0.1/v1\n"
                             "             HTTP/2 without TLS, last answer 1 h ago (11:00:00)\n"));
  EXPECT_THAT(out, HasSubstr("Last error   3 min 10 s ago (11:57:00)\n"));
  EXPECT_THAT(out, HasSubstr("Waiting      812 of 1,000, the oldest for 1 min 1 s; 2 of 32 in flight\n"));
  EXPECT_THAT(
      out,
      HasSubstr("Config       refused: line 4, column 3: llm: expected a map\\x1b, 10 s ago\n             (12:00:00)\n"
                "             the one before stays in force:\n             3fa9c1d2e4b8, generation 3"));
}

TEST_F(RenderStatus, OfAnotherVersion) {
  EXPECT_EQ(render_status(json::parse(R"({"version":"9.9"})"), view),
            "Gateway      gateway: unknown (version 9.9, this command is " + std::string(kVersion) +
                ", pid unknown)\nProxy        none configured\n");
}

TEST_F(RenderStatus, SeveralUpstreamsAreNamed) {
  status["upstreams"].push_back({{"name", "second"}, {"base_url", "https://b.example.com"}, {"state", "half_open"}});
  EXPECT_THAT(render(), HasSubstr("Proxy        up: https://proxy.example.com/v1 (default)\n"));
  EXPECT_THAT(render(), HasSubstr("Proxy        being tried again: https://b.example.com (second)\n"));
}

TEST_F(RenderStatus, Jobs) {
  EXPECT_THAT(render(), Not(HasSubstr("Jobs")));
  status["jobs"] = {{"queued", 3}, {"running", 1}};
  EXPECT_THAT(render(), HasSubstr("Jobs         3 queued, 1 running\n"));
}

TEST_F(RenderStatus, Fits80Columns) {
  status["health"] = {{{"code", "x"},
                       {"severity", "error"},
                       {"summary", "many words " + std::string(40, 'y') + " and many more words to be wrapped"}}};
  std::istringstream lines(render());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80U) << line;
}

TEST_F(RenderStatus, ColoursSayHowItIs) {
  view.paint = Painter(true);
  EXPECT_THAT(render(), HasSubstr("\x1b[32mvps: ready\x1b[0m"));
  status["state"] = "draining";
  EXPECT_THAT(render(), HasSubstr("\x1b[1;31mvps: draining\x1b[0m"));
}

TEST(HealthExitCode, IsGoodWhileRequestsAreTakenAndNothingIsAnError) {
  const auto code = [](const char* text) { return health_exit_code(json::parse(text)); };
  EXPECT_EQ(code(R"({"state":"ready","health":[]})"), 0);
  EXPECT_EQ(code(R"({"state":"ready","health":[{"severity":"warning"},{"severity":"info"}]})"), 0);
  EXPECT_EQ(code(R"({"state":"degraded","health":[{"severity":"warning"}]})"), 0);
  EXPECT_EQ(code(R"({"state":"degraded","health":[{"severity":"error"}]})"), 1);
  EXPECT_EQ(code(R"({"state":"ready","health":[{"severity":"error"}]})"), 1);
  for (const char* state : {"starting", "paused", "draining", "new"})
    EXPECT_EQ(health_exit_code({{"state", state}}), 1) << state;
  EXPECT_EQ(code("{}"), 1);
}

}  // namespace
}  // namespace tidegate::cli
