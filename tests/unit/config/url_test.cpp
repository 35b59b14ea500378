#include "daemon/config/url.h"

#include <gtest/gtest.h>

#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

TEST(BaseUrl, HasOneSpelling) {
  const std::pair<const char*, const char*> kTable[] = {
      {"https://proxy.example.com/v1", "https://proxy.example.com/v1"},
      {"https://proxy.example.com/v1/", "https://proxy.example.com/v1"},
      {"https://proxy.example.com/v1//", "https://proxy.example.com/v1"},
      {"https://proxy.example.com", "https://proxy.example.com"},
      {"https://proxy.example.com/", "https://proxy.example.com"},
      {"HTTPS://Proxy.Example.COM/V1", "https://proxy.example.com/V1"},
      {"https://proxy.example.com:443/v1", "https://proxy.example.com/v1"},
      {"http://proxy.example.com:80/v1", "http://proxy.example.com/v1"},
      {"http://proxy.example.com:443/v1", "http://proxy.example.com:443/v1"},
      {"http://127.0.0.1:3000/a/../v1", "http://127.0.0.1:3000/v1"},
      {"http://[::1]:8080/v1", "http://[::1]:8080/v1"},
      {"https://x/a%20b", "https://x/a%20b"},
  };
  for (const auto& [text, canonical] : kTable) EXPECT_EQ(canonical_base_url(text), canonical) << text;
}

TEST(BaseUrl, RefusesEverythingElse) {
  for (const auto* text : {"",
                           "proxy.example.com",
                           "//proxy/v1",
                           "http:/proxy",
                           "http:proxy",
                           "http://",
                           "http:///v1",
                           "https://:443/v1",
                           "https://x:/v1",
                           "https://x:0/v1",
                           "https://x:65536/v1",
                           "https://x:-1/v1",
                           "https://x:a/v1",
                           "ftp://x",
                           "file:///etc/passwd",
                           "unix:/x",
                           "https://x/v1?",
                           "https://x/v1?a=b",
                           "https://x/v1#",
                           "https://u@x/v1",
                           "https://u:p@x/v1",
                           "https://@x/v1",
                           "https://x y/",
                           "https://x/\t",
                           "https://x\\@y/",
                           "https://[::1/v1",
                           "https://[x]/v1",
                           "https://ex%0aample/",
                           "https://é.example/",
                           "https://x/{a}"})
    EXPECT_THROW(canonical_base_url(text), ValueError) << text;
}

TEST(ProxyUrl, TakesHttpAndSocks) {
  for (const auto* text : {"http://proxy:3128", "https://proxy", "socks4://proxy:1", "socks4a://proxy",
                           "socks5://u:p@proxy:1080", "socks5h://proxy:1080/", "http://[::1]:3128"})
    EXPECT_EQ(checked_proxy_url(text), text);
  for (const auto* text : {"", "proxy:3128", "ftp://proxy", "http://proxy/path", "http://proxy?x", "http://proxy#x",
                           "http://", "http://proxy:0", "http://pro xy"})
    EXPECT_THROW(checked_proxy_url(text), ValueError) << text;
}

TEST(ProxyUrl, IsShownWithoutItsUser) {
  EXPECT_EQ(without_user_info("http://user:pass@proxy:3128"), "http://[redacted]@proxy:3128");
  EXPECT_EQ(without_user_info("http://user:p@ss@proxy:3128"), "http://[redacted]@proxy:3128");
  EXPECT_EQ(without_user_info("http://proxy:3128"), "http://proxy:3128");
  EXPECT_EQ(without_user_info("http://proxy/@"), "http://proxy/@");
  EXPECT_EQ(without_user_info(""), "");
}

}  // namespace
}  // namespace tidegate::config
