#include "daemon/config/loader.h"

#include <gtest/gtest.h>

#include "daemon/config/values.h"
#include "tests/unit/config/config_texts.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::config {
namespace {

TEST(Loader, TakesTheGuidesBlockAsItStands) {
  const auto snapshot = load_text(kGuide, "c.yaml");
  const auto& llm = snapshot.settings.llm;
  EXPECT_EQ(llm.provider, "openapi");
  EXPECT_EQ(llm.base_url, "https://your-proxy.example.com/v1");
  EXPECT_EQ(llm.api_key.reveal(), "your-proxy-api-key");
  EXPECT_EQ(llm.model, "gpt-4");
  EXPECT_EQ(llm.timeout, milliseconds(30'000));
  EXPECT_EQ(snapshot.path, "c.yaml");
  EXPECT_TRUE(snapshot.warnings.empty());
}

TEST(Loader, EveryOtherKeyHasADefault) {
  auto settings = load_text(kGuide, "c.yaml").settings;
  EXPECT_TRUE(is_token(settings.gateway.name));
  EXPECT_EQ(settings.gateway.name.find('.'), std::string::npos);
  settings.gateway.name.clear();
  EXPECT_EQ(settings.gateway, Gateway{});
  EXPECT_EQ(settings.upstream, Upstream{});
  EXPECT_EQ(settings.queue, Queue{});
  EXPECT_EQ(settings.retry, Retry{});
  EXPECT_EQ(settings.log, Log{});
}

TEST(Loader, ReadsEveryKeyOfTheGateway) {
  const auto gateway = load_with(R"(gateway:
  name: vps-1.a_b
  listen: ["127.0.0.1:0", "[::1]:8433", localhost:80, unix, "unix:/run/a.sock", 0.0.0.0:8080]
  hosts: [GW.Example.com, 10.0.0.1, "[fe80::1]"]
  clients:
    - name: openclaw
      key: key-of-openclaw
    - {name: sdk, key: "12345", priority: background, weight: 7}
  maxConnections: 10
  maxBody: 32MiB
  headTimeout: 1s
  bodyTimeout: 2m
  idleTimeout: "3m"
  writeTimeout: 4h
  idempotencyGrace: 0
)")
                           .settings.gateway;
  EXPECT_EQ(gateway.name, "vps-1.a_b");
  EXPECT_EQ(gateway.listen, (std::vector<ListenAddress>{TcpAddress{"127.0.0.1", 0}, TcpAddress{"::1", 8433},
                                                        TcpAddress{"localhost", 80}, UnixAddress{},
                                                        UnixAddress{"/run/a.sock"}, TcpAddress{"0.0.0.0", 8080}}));
  EXPECT_EQ(gateway.hosts, (std::vector<std::string>{"gw.example.com", "10.0.0.1", "[fe80::1]"}));
  EXPECT_EQ(gateway.clients, (std::vector<Client>{{"openclaw", Secret("key-of-openclaw")},
                                                  {"sdk", Secret("12345"), policy::Priority::background, 7}}));
  EXPECT_EQ(gateway.max_connections, 10U);
  EXPECT_EQ(gateway.max_body, 32ULL << 20);
  EXPECT_EQ(gateway.head_timeout, milliseconds(1'000));
  EXPECT_EQ(gateway.body_timeout, milliseconds(120'000));
  EXPECT_EQ(gateway.idle_timeout, milliseconds(180'000));
  EXPECT_EQ(gateway.write_timeout, milliseconds(14'400'000));
  EXPECT_EQ(gateway.idempotency_grace, milliseconds(0));
}

TEST(Loader, ReadsEveryKeyOfTheOtherSections) {
  const TempFolder folder;
  const auto pem = folder.write("a.pem", "").string();
  const auto settings =
      load_with("upstream: {maxInFlight: 7, connectTimeout: 250ms, firstByteTimeout: 2m, caFile: " + pem +
                ", clientCert: " + pem + ", clientKey: " + pem +
                ", httpVersion: 1.1, proxy: 'socks5h://u:p@proxy:1080', keepWarm: 0}\n"
                "queue: {maxDepth: 0, maxPerClient: 3, maxBytes: 512KiB, maxWait: 90s, heartbeat: 0}\n"
                "retry: {maxAttempts: 2, backoff: {initial: 10ms, max: 20ms}, budget: 0.25}\n"
                "log: {level: debug, format: json, file: /var/log/tidegate.log}\n")
          .settings;
  EXPECT_EQ(settings.upstream, (Upstream{7, milliseconds(250), milliseconds(120'000), pem, pem, pem,
                                         HttpVersion::http1_1, "socks5h://u:p@proxy:1080", milliseconds(0)}));
  EXPECT_EQ(settings.queue, (Queue{0, 512ULL << 10, milliseconds(90'000), milliseconds(0), 3}));
  EXPECT_EQ(settings.retry, (Retry{2, milliseconds(10), milliseconds(20), 0.25}));
  EXPECT_EQ(settings.log, (Log{"debug", LogFormat::json, "/var/log/tidegate.log"}));
}

TEST(Loader, ReadsEachHttpVersionHoweverItIsWritten) {
  const auto version = [](const char* text) {
    return load_with(std::string("upstream: {httpVersion: ") + text + "}\n").settings.upstream.http_version;
  };
  EXPECT_EQ(version("auto"), HttpVersion::automatic);
  EXPECT_EQ(version("1.1"), HttpVersion::http1_1);
  EXPECT_EQ(version("\"1.1\""), HttpVersion::http1_1);
  EXPECT_EQ(version("2"), HttpVersion::http2);
}

TEST(Loader, PlainScalarsAreTextWhereTextIsWanted) {
  const auto model = [](const char* text) {
    return load_text(replace_all(std::string(kGuide), "\"gpt-4\"", text), "c.yaml").settings.llm.model;
  };
  EXPECT_EQ(model("4"), "4");
  EXPECT_EQ(model("no"), "no");
  EXPECT_EQ(model("0x10"), "0x10");
  EXPECT_EQ(model("1e3"), "1e3");
  EXPECT_EQ(model("meta/llama 3 # the newest"), "meta/llama 3");
  EXPECT_EQ(model("'it''s'"), "it's");
  EXPECT_EQ(model("\"\\u00e9\""), "é");
  EXPECT_EQ(model("\"null\""), "null");
}

TEST(Loader, EmptySectionsAndTextsLeaveTheDefaults) {
  const auto plain = load_with("").settings;
  EXPECT_EQ(load_with("gateway:\nupstream:\nqueue: ~\nretry: {}\nlog:\n").settings, plain);
  EXPECT_EQ(load_with("gateway: {clients: , hosts: []}\nretry: {backoff: }\n").settings, plain);
  EXPECT_EQ(load_with("upstream: {caFile: '', clientCert: '', clientKey: '', proxy: ''}\nlog: {file: ''}\n").settings,
            plain);
}

TEST(Loader, SpellingDoesNotMatter) {
  const auto plain = load_text(kGuide, "c.yaml").settings;
  EXPECT_EQ(
      load_text("\xEF\xBB\xBF---\r\n" + replace_all(std::string(kGuide), "\n", "\r\n") + "...\r\n", "c.yaml").settings,
      plain);
  EXPECT_EQ(load_text(R"({"llm":{"openapi":{"timeout":30000,"model":"gpt-4","apiKey":"your-proxy-api-key",
                         "baseUrl":"https://your-proxy.example.com/v1"},"provider":"openapi"}})",
                      "c.yaml")
                .settings,
            plain);
  EXPECT_EQ(load_text("# \tcomment\n\n" + replace_all(std::string(kGuide), "\n", "\t\n  \n") + "  # the end", "c.yaml")
                .settings,
            plain);
  EXPECT_EQ(load_text(replace_all(std::string(kGuide), "  provider: openapi\n", ""), "c.yaml").settings, plain);
  EXPECT_EQ(load_text(replace_all(std::string(kGuide), "30000", "30s"), "c.yaml").settings, plain);
}

TEST(Loader, ExpandsTheHomeInFileNames) {
  const char* old = std::getenv("HOME");
  const std::string home = old == nullptr ? "" : old;
  {
    const ScopedVariable variable("HOME", "/home/me");
    EXPECT_EQ(load_with("log: {file: ~/t.log}\n").settings.log.file, "/home/me/t.log");
  }
  if (old != nullptr) ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace tidegate::config
