// Who and what is let in.
#include "daemon/gateway/gateway.h"

#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Admission : GatewayTest {
  /// The answer to a request on a connection of its own, and that the upstream saw nothing of it.
  std::string refused(std::string_view request) {
    auto client = connect();
    const auto answer = ask(client, request);
    EXPECT_TRUE(transport->attempts.empty()) << request;
    return answer;
  }
  std::string refused_get(const std::string& target, const std::string& fields = "") {
    return refused("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
  }
};

TEST_F(Admission, OnlyTheApiIsForwarded) {
  for (const std::string path :
       {"/", "/v2/x", "/v1x", "/v1models", "/V1/models", "/status", "/metrics", "/v1/../admin/x"}) {
    if (path == "/v1/../admin/x") continue;  // under /v1 as it stands; the upstream's to judge
    const auto answer = refused_get(path);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 ")) << path;
    EXPECT_THAT(answer, HasSubstr("\"code\":\"not_found\""));
    EXPECT_THAT(answer, HasSubstr("\r\nx-should-retry: false\r\n"));
  }
  EXPECT_EQ(counters.refusals_for(ErrorCode::not_found), 7U);
}

TEST_F(Admission, SomeMethodsAreNotForTheApi) {
  for (const std::string method : {"TRACE", "OPTIONS"})
    EXPECT_THAT(refused(method + " /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(refused("CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(Admission, BrowsersAreRefusedEverywhere) {
  for (const std::string path : {"/v1/models", "/healthz", "/readyz"}) {
    EXPECT_THAT(refused_get(path, "Origin: https://evil.example\r\n"), StartsWith("HTTP/1.1 403 ")) << path;
    const auto rebound = refused("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    EXPECT_THAT(rebound, StartsWith("HTTP/1.1 403 ")) << path;
    EXPECT_THAT(rebound, HasSubstr("foreign_host"));
    EXPECT_THAT(rebound, Not(HasSubstr("ccess-control")));
  }
}

TEST_F(Admission, AConfiguredHostIsOurs) {
  snapshot.settings.gateway.hosts = {"gateway.lan"};
  apply();
  auto client = connect();
  EXPECT_THAT(ask(client, "GET /healthz HTTP/1.1\r\nHost: gateway.lan:8433\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Admission, BodiesThatAPageCouldSendAreRefused) {
  const auto answer = refused(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: "
      "2\r\n\r\n{}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n")) << "its body was not read";
}

TEST_F(Admission, AClientKeyIsWantedWhereClientsAreConfigured) {
  snapshot.settings.gateway.clients = {{"ide", Secret("client-key")}};
  apply();
  const auto answer = refused_get("/v1/files");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, HasSubstr("invalid_client_key"));
  EXPECT_THAT(refused_get("/healthz"), StartsWith("HTTP/1.1 200 ")) << "health needs no key";
  auto client = connect();
  ask(client, "GET /v1/files HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer client-key\r\n\r\n");
  ASSERT_EQ(transport->attempts.size(), 1U);
  for (const auto& [name, value] : attempt().headers) EXPECT_EQ(value.find("client-key"), std::string::npos) << name;
  ASSERT_EQ(exchanges.running().size(), 1U);
  EXPECT_EQ(exchanges.running().front().client, "ide");
}

TEST_F(Admission, AFullQueueAnswersAtOnce) {
  queue.set_bounds({1, 1, 1 << 20});
  auto first = connect();
  auto second = connect();
  ask(first, post("/v1/x", "{}"));
  ask(second, post("/v1/x", "{}"));
  auto third = connect();
  const auto answer = ask(third, post("/v1/x", "{}"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"queue_full\""));
  EXPECT_THAT(answer, HasSubstr("\r\nRetry-After: 1\r\nretry-after-ms: 1000\r\n"));
  EXPECT_EQ(counters.refusals_for(ErrorCode::queue_full), 1U);
}

TEST_F(Admission, DrainingRefusesNewRequestsOnly) {
  auto running = connect();
  ask(running, post("/v1/x", "{}"));
  gateway.set_draining();
  auto client = connect();
  const auto answer = ask(client, post("/v1/x", "{}"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"draining\""));
  EXPECT_THAT(answer, HasSubstr("\r\nRetry-After: "));
  attempt().answer(200, "{}");
  wire.settle();
  EXPECT_THAT(running.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Admission, AMalformedRequestIsCountedAndEndsTheConnection) {
  auto client = connect();
  const auto answer = ask(client, "GET /v1/x HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(counters.refusals_for(ErrorCode::bad_request), 1U);
}

}  // namespace
}  // namespace tidegate::gateway
