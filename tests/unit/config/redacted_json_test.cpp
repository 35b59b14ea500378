#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/config/config_texts.h"

namespace tidegate::config {
namespace {

TEST(RedactedJson, SpellsTheDefaultsAsTheFileWould) {
  EXPECT_EQ(
      to_redacted_json(load_with("gateway: {name: vps}\n")),
      R"({"llm":{"provider":"openapi","openapi":{"baseUrl":"https://your-proxy.example.com/v1","apiKey":"[redacted]",)"
      R"("model":"gpt-4","timeout":"30s"}},"gateway":{"name":"vps","listen":["127.0.0.1:8433","unix"],"hosts":[],"clients":[],)"
      R"("maxConnections":4096,"maxBody":67108864,"headTimeout":"15s","bodyTimeout":"5m","idleTimeout":"75s","writeTimeout":"5m","idempotencyGrace":"15s"},)"
      R"("upstream":{"maxInFlight":32,"connectTimeout":"10s","firstByteTimeout":"0ms","caFile":"","clientCert":"","clientKey":"","httpVersion":"auto",)"
      R"("proxy":"","keepWarm":"50s"},"queue":{"maxDepth":1000,"maxPerClient":0,"maxBytes":268435456,"maxWait":"5m","heartbeat":"15s"},"retry":{"maxAttempts":6,)"
      R"("backoff":{"initial":"500ms","max":"8s"},"budget":0.2},"log":{"level":"info","format":"auto","file":""}})");
}

TEST(RedactedJson, HidesEverySecret) {
  const auto json =
      to_redacted_json(load_with("gateway: {clients: [{name: a, key: client-key-a, priority: background, weight: 3}]}\n"
                                 "upstream: {proxy: 'http://user:password@proxy:3128'}\n"));
  for (const auto* secret : {"your-proxy-api-key", "client-key-a", "user", "password"})
    EXPECT_EQ(json.find(secret), std::string::npos) << secret;
  const auto parsed = nlohmann::json::parse(json);
  EXPECT_EQ(parsed["upstream"]["proxy"], "http://[redacted]@proxy:3128");
  EXPECT_EQ(parsed["gateway"]["clients"][0]["key"], "[redacted]");
  EXPECT_EQ(parsed["gateway"]["clients"][0]["name"], "a");
  EXPECT_EQ(parsed["gateway"]["clients"][0]["priority"], "background");
  EXPECT_EQ(parsed["gateway"]["clients"][0]["weight"], 3);
}

TEST(RedactedJson, IsItselfAConfigurationWithTheSameSettings) {
  const auto snapshot = load_with(
      "gateway: {name: a, listen: ['[::]:80', unix, 'unix:/a b'], clients: [{name: a, key: k}], hosts: [h]}\n"
      "upstream: {httpVersion: 2, proxy: 'socks5://p:1', keepWarm: 0}\n"
      "retry: {budget: 0.123456}\nlog: {level: trace, format: text, file: /x/é.log}\n");
  auto again = load_text(to_redacted_json(snapshot), "again.yaml").settings;
  again.llm.api_key = snapshot.settings.llm.api_key;
  again.gateway.clients = snapshot.settings.gateway.clients;
  EXPECT_EQ(again, snapshot.settings);
}

}  // namespace
}  // namespace tidegate::config
