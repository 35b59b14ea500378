#include "daemon/dispatch/forward_headers.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

std::string names(const std::vector<Header>& headers) {
  std::string all;
  for (const auto& [name, value] : headers) all.append(name).append("=").append(value).append(" ");
  return all;
}

TEST(HeadersForUpstream, KeepsWhatIsEndToEndInItsOrder) {
  EXPECT_EQ(names(headers_for_upstream({{"Accept", "a"},
                                        {"anthropic-version", "v"},
                                        {"X-B", "1"},
                                        {"traceparent", "t"},
                                        {"x-b", "2"},
                                        {"Accept-Encoding", "gzip"},
                                        {"Content-Type", "j"},
                                        {"Idempotency-Key", "k"},
                                        {"X-Request-Id", "r"},
                                        {"Empty", ""}})),
            "Accept=a anthropic-version=v X-B=1 traceparent=t x-b=2 Accept-Encoding=gzip Content-Type=j "
            "Idempotency-Key=k X-Request-Id=r Empty= ");
}

TEST(HeadersForUpstream, DropsWhatIsOfThisConnectionOnly) {
  for (const std::string_view name : {"Connection",
                                      "KEEP-ALIVE",
                                      "TE",
                                      "Trailer",
                                      "Transfer-Encoding",
                                      "Upgrade",
                                      "HTTP2-Settings",
                                      "Cookie",
                                      "Set-Cookie",
                                      "Proxy-Authorization",
                                      "proxy-connection",
                                      "Proxy-Anything",
                                      "Authorization",
                                      "x-api-key",
                                      "Api-Key",
                                      "Host",
                                      "Content-Length",
                                      "Expect",
                                      "User-Agent",
                                      "X-Tidegate-Gateway",
                                      "X-Tidegate-Deadline-Ms"})
    EXPECT_EQ(names(headers_for_upstream({{name, "v"}, {"X", "y"}})), "X=y ") << name;
}

TEST(HeadersForUpstream, DropsWhatConnectionNames) {
  EXPECT_EQ(names(headers_for_upstream({{"X-A", "1"},
                                        {"Connection", "close, x-a"},
                                        {"X-B", "2"},
                                        {"connection", "X-C"},
                                        {"X-C", "3"},
                                        {"x-a", "4"},
                                        {"X", "5"}})),
            "X-B=2 X=5 ");
}

TEST(HeadersForClient, KeepsTheRestAndDropsWhatWeSayOurselves) {
  EXPECT_EQ(names(headers_for_client({{"Content-Type", "j"},
                                      {"Content-Encoding", "br"},
                                      {"x-ratelimit-remaining-requests", "1"},
                                      {"Retry-After", "3"},
                                      {"x-request-id", "r"},
                                      {"User-Agent", "u"}})),
            "Content-Type=j Content-Encoding=br x-ratelimit-remaining-requests=1 Retry-After=3 x-request-id=r "
            "User-Agent=u ");
  for (const std::string_view name :
       {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Set-Cookie", "Access-Control-Allow-Origin",
        "ACCESS-CONTROL-anything", "x-tidegate-attempts", "X-Tidegate-Queue-Ms", "Proxy-Authenticate"})
    EXPECT_EQ(names(headers_for_client({{name, "v"}, {"X", "y"}})), "X=y ") << name;
}

TEST(HeadersForClient, ManyConnectionFieldsEndNothing) {
  std::vector<Header> headers(100, Header{"Connection", "x-a"});
  headers.push_back({"X-A", "1"});
  headers.push_back({"X-B", "2"});
  EXPECT_EQ(names(headers_for_client(headers)), "X-B=2 ");
}

}  // namespace
}  // namespace tidegate::dispatch
