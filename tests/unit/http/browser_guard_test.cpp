#include "daemon/http/browser_guard.h"

#include <gtest/gtest.h>

#include "daemon/http/request_parser.h"

namespace tidegate::http {
namespace {

const std::vector<std::string> kOwn{"gateway.lan", "10.0.0.5"};

// The code of the refusal of a request with these fields; nothing where it is let in.
std::optional<ErrorCode> refusal(const std::string& host, const std::string& fields = "") {
  RequestHead head;
  head.raw = "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
  EXPECT_TRUE(parse_request_head(head).ok()) << head.raw;
  const auto guarded = refuse_browsers(head, kOwn);
  return guarded ? std::nullopt : std::optional(guarded.error().code);
}

TEST(BrowserGuard, LetsInItsOwnNames) {
  for (const std::string host : {"localhost", "LOCALHOST:8433", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8433",
                                 "gateway.lan", "Gateway.LAN:80", "10.0.0.5:8433"})
    EXPECT_EQ(refusal(host), std::nullopt) << host;
}

TEST(BrowserGuard, RefusesForeignNames) {
  for (const std::string host : {"evil.example", "localhost.evil.example", "xlocalhost", "127.0.0.2",
                                 "127.0.0.1.nip.io", "[::2]", "[::1", "gateway.lan.evil.example", "10.0.0.50"})
    EXPECT_EQ(refusal(host), ErrorCode::foreign_host) << host;
}

TEST(BrowserGuard, Http10NeedsNoHost) {
  RequestHead head;
  head.raw = "GET / HTTP/1.0\r\n\r\n";
  ASSERT_TRUE(parse_request_head(head).ok());
  EXPECT_TRUE(refuse_browsers(head, {}).ok());
}

TEST(BrowserGuard, RefusesForeignOrigins) {
  for (const std::string origin :
       {"https://evil.example", "null", "", "http://localhost.evil.example", "file://", "http://evil.example:80",
        "localhost", "chrome-extension://abc", "http://me@localhost.evil.example"})
    EXPECT_EQ(refusal("localhost", "Origin: " + origin + "\r\n"), ErrorCode::foreign_origin) << origin;
  for (const std::string origin :
       {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:1", "HTTP://Gateway.lan"})
    EXPECT_EQ(refusal("localhost", "Origin: " + origin + "\r\n"), std::nullopt) << origin;
}

TEST(BrowserGuard, RefusesOtherSitesByFetchMetadata) {
  EXPECT_EQ(refusal("localhost", "Sec-Fetch-Site: cross-site\r\n"), ErrorCode::foreign_origin);
  EXPECT_EQ(refusal("localhost", "sec-fetch-site: Cross-Site\r\n"), ErrorCode::foreign_origin);
  EXPECT_EQ(refusal("localhost", "Sec-Fetch-Site: same-site\r\n"), ErrorCode::foreign_origin);
  EXPECT_EQ(refusal("localhost", "Sec-Fetch-Site: same-origin\r\n"), std::nullopt);
  EXPECT_EQ(refusal("localhost", "Sec-Fetch-Site: none\r\n"), std::nullopt);
}

TEST(BrowserGuard, RefusesWebSockets) {
  EXPECT_EQ(refusal("localhost", "Connection: upgrade\r\nUpgrade: WebSocket\r\n"), ErrorCode::foreign_origin);
  EXPECT_EQ(refusal("localhost", "Upgrade: h2c\r\n"), std::nullopt) << "ignored, as RFC 9110 allows";
}

TEST(BrowserGuard, TheErrorIsPrintable) {
  RequestHead head;
  head.headers = {{"Host", "a\x1b[2Jb"}};
  head.host = "a\x1b[2Jb";
  const auto guarded = refuse_browsers(head, {});
  ASSERT_FALSE(guarded.ok());
  EXPECT_EQ(guarded.error().message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace tidegate::http
