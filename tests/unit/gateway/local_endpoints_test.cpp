// What the gateway answers by itself.
#include <nlohmann/json.hpp>

#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kModels = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct LocalEndpoints : GatewayTest {
  ~LocalEndpoints() override {
    upstream.stop();
    wire.settle();
  }
  std::string get(const std::string& path, const std::string& method = "GET") {
    auto client = connect();
    return ask(client, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
};

TEST_F(LocalEndpoints, HealthAndReadiness) {
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/healthz", "HEAD"), EndsWith("\r\n\r\n"));
  EXPECT_THAT(get("/healthz", "POST"), StartsWith("HTTP/1.1 405 "));
  gateway.set_draining();
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 ")) << "still alive";
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(counters.requests.total, 0U);
}

TEST_F(LocalEndpoints, ModelsComeFromTheUpstreamsListByteForByte) {
  const std::string list = "{\"object\":\"list\", \"data\":[ {\"id\":\"a\"} ]}";
  transport->script = [&](upstream::FakeAttempt& attempt, std::size_t) {
    attempt.answer(200, list, "Content-Type: application/json; charset=utf-8\n");
  };
  upstream.start_keeping_warm();
  wire.settle();
  auto client = connect();
  const auto answer = ask(client, kModels);
  EXPECT_EQ(body_of(answer), list);
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json; charset=utf-8\r\n"));
  EXPECT_EQ(transport->attempts.size(), 1U) << "the cache answered";
  transport->script = nullptr;
  wire.run_for(6min, 1s);
  auto later = connect();
  EXPECT_EQ(body_of(ask(later, kModels)), list) << "an old list at once is better than a new one later";
  wire.settle();
  EXPECT_EQ(transport->attempts.size(), 2U) << "but a new one is asked for";
}

TEST_F(LocalEndpoints, TheFirstModelsRequestWaitsForTheProbeUnderWay) {
  upstream.start_keeping_warm();
  wire.settle();
  auto client = connect();
  EXPECT_EQ(ask(client, kModels), "");
  wire.run_for(1s);
  EXPECT_EQ(client.receive(), "");
  attempt().answer(200, "{\"data\":[]}");
  wire.run_for(50ms, 10ms);
  EXPECT_EQ(body_of(client.receive()), "{\"data\":[]}");
}

TEST_F(LocalEndpoints, WithoutAListTheConfiguredModelIsTold) {
  upstream.start_keeping_warm();
  auto client = connect();
  EXPECT_EQ(ask(client, kModels), "");
  wire.run_for(3'100ms);
  const auto list = nlohmann::json::parse(body_of(client.receive()));
  ASSERT_EQ(list.at("data").size(), 1U);
  EXPECT_EQ(list.at("data")[0].at("id"), "gpt-4");
}

TEST_F(LocalEndpoints, OtherQuestionsAboutModelsAreTheUpstreams) {
  for (const std::string request :
       {"GET /v1/models?after=x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/models/gpt-4 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nanthropic-version: 2023-06-01\r\n\r\n"}) {
    const auto before = transport->attempts.size();
    auto client = connect();
    ask(client, request);
    EXPECT_EQ(transport->attempts.size(), before + 1) << request;
  }
}

}  // namespace
}  // namespace tidegate::gateway
