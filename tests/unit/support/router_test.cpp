#include "tests/support/sim/router.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/sim/raw_streams.h"

namespace tidegate::sim {
namespace {

constexpr char kChat[] = R"({"model":"gpt-4","messages":[{"role":"user","content":"hello"}]})";

std::shared_ptr<Request> make(std::string method, std::string target, std::string body = "", Headers headers = {}) {
  auto request = std::make_shared<Request>();
  request->method = std::move(method);
  request->target = std::move(target);
  request->body = std::move(body);
  request->headers = std::move(headers);
  request->headers.emplace_back("Authorization", "Bearer sk-sim");
  return request;
}

std::string body_of(Answer& answer) {
  std::string out;
  while (answer.body && !answer.body->next(out).last) {
  }
  return out;
}

std::string header_of(const Answer& answer, std::string_view name) {
  for (const auto& [field, value] : answer.headers)
    if (field == name) return value;
  return {};
}

class RouterTest : public testing::Test {
 protected:
  Answer ask(const std::shared_ptr<const Request>& request) { return router_.handle(request, now_); }

  Options options_;
  Router router_{options_};
  RateWindow::Time now_{};
};

TEST_F(RouterTest, ChecksTheKeyInEachApisShape) {
  auto wrong = make("POST", "/v1/chat/completions", kChat);
  wrong->headers.back().second = "Bearer sk-other";
  auto answer = ask(wrong);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(Json::parse(body_of(answer))["error"]["message"], "Incorrect API key provided: sk-other.");
  wrong->target = "/v1/messages";
  answer = ask(wrong);
  EXPECT_EQ(Json::parse(body_of(answer))["error"]["type"], "authentication_error");
  wrong->headers.clear();
  EXPECT_EQ(ask(wrong).status, 401);
  wrong->target = "/stats";
  wrong->method = "GET";
  EXPECT_EQ(ask(wrong).status, 200);
}

TEST_F(RouterTest, TheSameRequestGetsTheSameBytes) {
  auto first = ask(make("POST", "/v1/chat/completions", kChat));
  auto second = ask(make("POST", "/v1/chat/completions", kChat));
  const auto text = body_of(first);
  EXPECT_EQ(text, body_of(second));
  EXPECT_EQ(text.size(), first.length);
  auto other = ask(make("POST", "/v1/chat/completions", R"({"model":"gpt-4","messages":[]})"));
  EXPECT_NE(text, body_of(other));
}

TEST_F(RouterTest, FaultsComeByHeaderAndByModel) {
  EXPECT_EQ(ask(make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", "status=503,once"}})).status, 503);
  EXPECT_EQ(ask(make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", "status=503,once"}})).status, 200);
  EXPECT_EQ(
      ask(make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", "status=503,once"}, {"X-Sim-Key", "b"}})).status,
      503);
  const auto* const by_model = R"({"model":"fault-status:429,retry-after=7,times=1","messages":[]})";
  auto answer = ask(make("POST", "/v1/chat/completions", by_model));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(header_of(answer, "Retry-After"), "7");
  EXPECT_EQ(ask(make("POST", "/v1/chat/completions", by_model)).status, 200);
  EXPECT_EQ(ask(make("GET", "/v1/echo", "", {{"X-Sim-Fault", "status=502"}})).status, 502);
  EXPECT_EQ(ask(make("GET", "/v1/echo", "", {{"X-Sim-Fault", "stauts=502"}})).status, 400);
}

TEST_F(RouterTest, EnforcesRatesPerKeyAndForAll) {
  const auto limited = [](const char* key) {
    return make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", "per-minute=1"}, {"X-Sim-Key", key}});
  };
  auto first = ask(limited("a"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(header_of(first, "x-ratelimit-remaining-requests"), "0");
  now_ += std::chrono::seconds(15);
  auto second = ask(limited("a"));
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(header_of(second, "Retry-After"), "45");
  EXPECT_EQ(ask(limited("b")).status, 200);
  options_.rate_limit = 1;
  Router strict(options_);
  EXPECT_EQ(strict.handle(make("GET", "/v1/models"), now_).status, 200);
  EXPECT_EQ(strict.handle(make("GET", "/v1/models"), now_).status, 429);
}

TEST_F(RouterTest, RefusesWhatTheApisRefuse) {
  for (const auto* body : {"", "no json", "[]", R"({"messages":[]})", R"({"model":"gpt-4"})",
                           R"({"model":"gpt-4","messages":7})", R"({"model":"m","messages":[{"role":7}]})"})
    EXPECT_EQ(ask(make("POST", "/v1/chat/completions", body)).status, 400) << body;
  EXPECT_EQ(ask(make("POST", "/v1/embeddings", R"({"model":"e","input":[]})")).status, 400);
  EXPECT_EQ(ask(make("POST", "/v1/embeddings", R"({"model":"e","input":"x","dimensions":4097})")).status, 400);
  EXPECT_EQ(ask(make("GET", "/v1/models/unknown")).status, 404);
  EXPECT_EQ(ask(make("GET", "/elsewhere")).status, 404);
  EXPECT_EQ(ask(make("POST", "/stats")).status, 405);
}

TEST_F(RouterTest, LastIsTheLastRequestThatCounts) {
  EXPECT_EQ(ask(make("GET", "/last")).status, 404);
  ask(make("PATCH", "/v1/echo/x?a=b", "body", {{"B", "1"}, {"a", "2"}, {"B", "3"}}));
  ask(make("GET", "/stats"));
  auto answer = ask(make("GET", "/last"));
  const auto last = Json::parse(body_of(answer));
  EXPECT_EQ(last["method"], "PATCH");
  EXPECT_EQ(last["target"], "/v1/echo/x?a=b");
  EXPECT_EQ(last["body"], "body");
  EXPECT_EQ(last["headers"][0], Json::parse(R"(["B","1"])"));
  EXPECT_EQ(last["headers"][2], Json::parse(R"(["B","3"])"));
}

TEST_F(RouterTest, RawStreamsAreTheSameBytesBothWays) {
  for (const auto* split : {"", ",split=1", ",split=7"}) {
    auto answer =
        ask(make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", std::string("raw-sse=mixed") + split}}));
    EXPECT_EQ(body_of(answer), raw_stream("mixed")) << split;
  }
  EXPECT_EQ(ask(make("POST", "/v1/echo", "", {{"X-Sim-Fault", "raw-sse=none"}})).status, 400);
}

TEST_F(RouterTest, SizeIsKeptOnOtherPaths) {
  auto answer = ask(make("GET", "/v1/files/x/content", "", {{"X-Sim-Fault", "size=100000"}}));
  EXPECT_EQ(answer.length, 100'000U);
  EXPECT_EQ(body_of(answer).size(), 100'000U);
}

TEST_F(RouterTest, GzipOnlyWhereItIsAskedFor) {
  auto plain = ask(make("GET", "/v1/models", "", {{"X-Sim-Fault", "gzip"}}));
  EXPECT_EQ(header_of(plain, "Content-Encoding"), "");
  auto packed = ask(make("GET", "/v1/models", "", {{"X-Sim-Fault", "gzip"}, {"Accept-Encoding", "br, gzip"}}));
  EXPECT_EQ(header_of(packed, "Content-Encoding"), "gzip");
  EXPECT_TRUE(body_of(packed).starts_with("\x1f\x8b"));
}

TEST_F(RouterTest, AWrongOrQuotedKeyIsInTheText) {
  auto answer = ask(make("POST", "/v1/chat/completions", kChat, {{"X-Sim-Fault", "quote-key"}}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(body_of(answer).find("sk-sim"), std::string::npos);
}

TEST(ReplyCache, HasBounds) {
  ReplyCache cache;
  Reply reply;
  reply.body = std::make_shared<const std::string>("x");
  cache.put("/p", std::string(ReplyCache::kMaxBody + 1, 'b'), reply);
  EXPECT_EQ(cache.find("/p", std::string(ReplyCache::kMaxBody + 1, 'b')), nullptr);
  for (std::size_t i = 0; i < ReplyCache::kMaxReplies; ++i) cache.put("/p", std::to_string(i), reply);
  EXPECT_NE(cache.find("/p", "0"), nullptr);
  EXPECT_EQ(cache.find("/q", "0"), nullptr);
  cache.put("/p", "one more", reply);
  EXPECT_EQ(cache.find("/p", "0"), nullptr);
  EXPECT_NE(cache.find("/p", "one more"), nullptr);
}

}  // namespace
}  // namespace tidegate::sim
