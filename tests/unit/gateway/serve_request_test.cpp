// The straight path of a request: read, inspect, forward, count.
#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using namespace std::chrono_literals;
using observe::Outcome;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct ServeRequest : GatewayTest {
  std::string sent_field(std::string_view name) {
    for (const auto& [sent, value] : attempt().headers)
      if (sent == name) return value;
    return "(none)";
  }
};

TEST_F(ServeRequest, GoesOnAsItCame) {
  auto client = connect();
  ask(client, post("/v1/chat/completions?a=b", R"({"model":"x", "y":1})",
                   "X-Custom: c\r\nAuthorization: Bearer own\r\nAccept-Encoding: gzip\r\n"));
  ASSERT_EQ(transport->attempts.size(), 1U);
  EXPECT_EQ(attempt().method, "POST");
  EXPECT_EQ(attempt().target, "/api/v1/chat/completions?a=b");
  EXPECT_EQ(attempt().body, R"({"model":"x", "y":1})");
  EXPECT_EQ(sent_field("X-Custom"), "c");
  EXPECT_EQ(sent_field("Accept-Encoding"), "gzip");
  EXPECT_EQ(sent_field("Authorization"), "(none)");
  EXPECT_THAT(sent_field("X-Request-Id"), StartsWith("req_"));
}

TEST_F(ServeRequest, TheClientsRequestIdIsKept) {
  auto client = connect();
  ask(client, post("/v1/x", "{}", "x-request-id: mine\r\n"));
  EXPECT_EQ(sent_field("x-request-id"), "mine");
  EXPECT_EQ(sent_field("X-Request-Id"), "(none)");
}

TEST_F(ServeRequest, TheConfiguredModelIsNamedWhereNoneIs) {
  auto client = connect();
  ask(client, post("/v1/x", R"({"messages":[]})"));
  EXPECT_EQ(attempt().body, R"({"model":"gpt-4","messages":[]})");
  EXPECT_EQ(exchanges.running().front().model, "gpt-4");
  attempt().answer(200, "{}");
  ask(client, post("/v1/x", R"({"model":"default","stream":true})"));
  EXPECT_EQ(attempt().body, R"({"model":"gpt-4","stream":true})");
  EXPECT_TRUE(exchanges.running().front().stream);
  EXPECT_FALSE(attempt().read_ahead);
}

TEST_F(ServeRequest, ABodyThatIsNoObjectGoesOnUntouched) {
  auto client = connect();
  ask(client, post("/v1/x", "no json at all"));
  EXPECT_EQ(attempt().body, "no json at all");
}

TEST_F(ServeRequest, OneRequestAfterTheOtherOnOneConnection) {
  auto client = connect();
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t number) {
    attempt.answer(200, std::to_string(number));
  };
  client.send(post("/v1/x", "{}") + post("/v1/x", "{}") + post("/v1/x", "{}"));
  wire.settle();
  const auto answers = client.receive();
  EXPECT_LT(answers.find("\r\n\r\n1HTTP"), answers.find("\r\n\r\n2HTTP"));
  EXPECT_EQ(answers.back(), '3');
  EXPECT_EQ(counters.requests.total, 3U);
  EXPECT_EQ(counters.requests.succeeded, 3U);
}

TEST_F(ServeRequest, EachEndIsCountedOnce) {
  auto client = connect();
  ask(client, post("/v1/x", "{}"));
  attempt().answer(200, "{}");
  ask(client, post("/v1/x", "{}"));
  attempt().answer(400, "{}");
  ask(client, post("/v1/x", "{}"));
  attempt().fail(ErrorCode::upstream_tls, "no way");
  wire.settle();
  EXPECT_THAT(client.receive(), HasSubstr("\"code\":\"upstream_tls\""));
  EXPECT_EQ(last_exchange().end.status, 502);
  EXPECT_EQ(last_exchange().end.error, "no way");
  ask(client, post("/v1/x", "{}"));
  client.close();
  wire.settle();
  EXPECT_EQ(last_exchange().end.outcome, Outcome::cancelled);
  EXPECT_EQ(last_exchange().end.status, 0);
  const auto& requests = counters.requests;
  EXPECT_EQ(requests.total, 4U);
  EXPECT_EQ(requests.succeeded, 1U);
  EXPECT_EQ(requests.failed, 2U);
  EXPECT_EQ(requests.cancelled, 1U);
  EXPECT_TRUE(exchanges.running().empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(ServeRequest, BytesInHandAreBounded) {
  queue.set_bounds({10, 10, 10});
  auto first = connect();
  ask(first, post("/v1/x", R"({"a":1})"));
  EXPECT_EQ(queue.bytes(), 7U);
  auto second = connect();
  const auto answer = ask(second, post("/v1/x", R"({"a":1})"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(answer, HasSubstr("queue.maxBytes"));
  attempt().answer(200, "{}");
  wire.settle();
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(ServeRequest, ABodyThatNeverComesIsCutAndCounted) {
  auto client = connect();
  client.send("POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  wire.run_for(301s, 1s);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(counters.requests.failed, 1U);
}

TEST_F(ServeRequest, AHangUpInTheBodyIsACancelledRequest) {
  auto client = connect();
  client.send("POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  wire.settle();
  client.close();
  wire.settle();
  EXPECT_EQ(counters.requests.cancelled, 1U);
  EXPECT_TRUE(transport->attempts.empty());
}

TEST_F(ServeRequest, TheTriesAreToldToTheClient) {
  snapshot.settings.retry.max_attempts = 3;
  apply();
  auto client = connect();
  transport->script = [](upstream::FakeAttempt& attempt, std::size_t number) {
    attempt.answer(number < 3 ? 503 : 200, "{}", "Retry-After: 1\n");
  };
  client.send(post("/v1/x", "{}"));
  wire.run_for(5s);
  const auto answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("\r\nx-tidegate-attempts: 3\r\n"));
  EXPECT_EQ(counters.requests.retried, 2U);
}

TEST_F(ServeRequest, ARequestKeepsTheConfigurationThatItBeganWith) {
  snapshot.settings.retry.max_attempts = 2;
  apply();
  auto client = connect();
  ask(client, post("/v1/x", "{}"));
  snapshot.settings.retry.max_attempts = 1;
  apply();
  attempt().answer(503, "{}", "Retry-After: 1\n");
  wire.run_for(2s);
  EXPECT_EQ(transport->attempts.size(), 2U);
}

TEST_F(ServeRequest, TheQueryIsNotInTheRecord) {
  auto client = connect();
  ask(client, post("/v1/x?key=secret", "{}"));
  EXPECT_EQ(exchanges.running().front().path, "/v1/x");
}

}  // namespace
}  // namespace tidegate::gateway
