// Error answers: their text may quote our key, which the client must not see.
#include "daemon/gateway/relay.h"
#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {
namespace {

using observe::Outcome;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kKey = "sk-upstream-key";
constexpr const char* kChunkedError = "HTTP/1.1 401 No\nContent-Type: application/json\nTransfer-Encoding: chunked\n";

struct RelayErrorTest : GatewayTest {
  http::ClientEnd begin() {
    auto client = connect();
    client.send(post("/v1/chat/completions", R"({"model":"x"})"));
    wire.settle();
    return client;
  }
  std::string now(http::ClientEnd& client) {
    wire.settle();
    return client.receive();
  }
  // The body out of its chunks.
  static std::string dechunked(const std::string& answer) {
    std::string rest = body_of(answer);
    std::string body;
    while (!rest.empty()) {
      const auto size = std::stoul(rest, nullptr, 16);
      if (size == 0) break;
      const auto start = rest.find("\r\n") + 2;
      body += rest.substr(start, size);
      rest.erase(0, start + size + 2);
    }
    return body;
  }
};

TEST_F(RelayErrorTest, AnErrorIsSentWholeWithItsLength) {
  auto client = begin();
  attempt().head(kChunkedError).bytes("{\"error\":");
  EXPECT_EQ(now(client), "");
  attempt().bytes("1}").end();
  const auto answer = now(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 No\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 11\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n{\"error\":1}"));
  EXPECT_THAT(answer, HasSubstr("\r\nx-should-retry: false\r\n"));
  EXPECT_EQ(last_exchange().end.outcome, Outcome::failed);
  EXPECT_EQ(last_exchange().end.status, 401);
}

TEST_F(RelayErrorTest, OurKeyIsRedactedInBodyAndFieldsWhereverItIsSplit) {
  const std::string text = "{\"error\":\"wrong key sk-upstream-key, sk-upstream-key!\"}";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    auto client = begin();
    attempt().head(std::string(kChunkedError) + "X-Why: not sk-upstream-key\n").bytes(text.substr(0, at));
    wire.settle();
    attempt().bytes(text.substr(at)).end();
    const auto answer = now(client);
    EXPECT_THAT(answer, EndsWith("{\"error\":\"wrong key [redacted], [redacted]!\"}")) << at;
    EXPECT_THAT(answer, HasSubstr("\r\nX-Why: not [redacted]\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr(kKey)));
  }
}

TEST_F(RelayErrorTest, ALongErrorIsRedactedAsItPasses) {
  const std::string filler(Relay::kMaxErrorBody, 'x');
  // The key lies across every possible border of what is sent at once.
  for (std::size_t shift = 0; shift <= 2 * kKey.size(); ++shift) {
    auto client = begin();
    const std::string text = filler + std::string(shift, 'y') + std::string(kKey) + filler + "end";
    attempt().head(kChunkedError);
    const auto border = filler.size() + kKey.size();
    attempt().bytes(text.substr(0, border));
    auto answer = now(client);
    EXPECT_THAT(answer, HasSubstr("chunked")) << "too long to hold";
    attempt().bytes(text.substr(border)).end();
    answer += now(client);
    EXPECT_EQ(dechunked(answer), filler + std::string(shift, 'y') + "[redacted]" + filler + "end") << shift;
    EXPECT_THAT(answer, EndsWith("0\r\n\r\n"));
  }
}

TEST_F(RelayErrorTest, ACutErrorIsNotShownAsWhole) {
  auto client = begin();
  attempt().head(kChunkedError).bytes("{\"error\":\"sk-upstream-key");
  wire.settle();
  attempt().fail(ErrorCode::upstream_truncated, "cut");
  const auto answer = now(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, EndsWith("[redacted]\r\n"));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
}

TEST_F(RelayErrorTest, ACutStreamOfAnErrorStatusGetsNoEventBehindHalfAnEvent) {
  for (const std::string_view sent : {"data: half", "data: whole\n\n"}) {
    auto client = begin();
    attempt().head("HTTP/1.1 400 No\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n").bytes(sent);
    wire.settle();
    attempt().fail(ErrorCode::upstream_reset, "cut");
    const auto answer = now(client);
    const bool at_boundary = sent.back() == '\n';
    EXPECT_EQ(answer.find("data: {\"error\"") != std::string::npos, at_boundary) << answer;
    EXPECT_THAT(answer, Not(EndsWith("0\r\n\r\n")));
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(last_exchange().end.outcome, Outcome::truncated);
  }
}

TEST_F(RelayErrorTest, SpentTriesAreToldToTheSdks) {
  auto client = begin();
  attempt().answer(503, "{}", "x-should-retry: true\nRetry-After: 3\n");
  const auto answer = now(client);
  EXPECT_THAT(answer, HasSubstr("\r\nx-should-retry: false\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("x-should-retry: true")));
  EXPECT_THAT(answer, Not(HasSubstr("Retry-After"))) << "who is not to come again needs no time";
}

TEST_F(RelayErrorTest, AHeadRequestsErrorHasNoLengthThatIsMadeUp) {
  auto client = connect();
  client.send("HEAD /v1/files/f_1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wire.settle();
  attempt().head("HTTP/1.1 404 Not Found\nContent-Length: 77\n").end();
  const auto answer = now(client);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 77\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(RelayErrorTest, AClientThatLeavesInALongErrorCancelsIt) {
  auto client = begin();
  attempt().head(kChunkedError).bytes(std::string(100'000, 'x'));
  wire.settle();
  client.close();
  wire.settle();
  EXPECT_FALSE(attempt().open);
  EXPECT_EQ(last_exchange().end.outcome, Outcome::cancelled);
}

}  // namespace
}  // namespace tidegate::gateway
