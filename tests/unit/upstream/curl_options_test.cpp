#include "daemon/upstream/curl_options.h"

#include <gtest/gtest.h>
#include <stdexcept>

#include "common/version.h"

namespace tidegate::upstream {
namespace {

Options with_url(std::string url) {
  Options options;
  options.base_url = std::move(url);
  options.api_key = Secret("the-key");
  options.gateway_name = "macbook";
  return options;
}

TEST(CurlOptions, TheBasePathHasNoSlashAtItsEnd) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://proxy.example.com", ""},
      {"https://proxy.example.com/", ""},
      {"https://proxy.example.com/v1", "/v1"},
      {"https://proxy.example.com/v1/", "/v1"},
      {"https://proxy.example.com/a/v1//", "/a/v1"},
      {"http://[::1]:8080/v1", "/v1"},
  };
  for (const auto& [url, path] : cases) EXPECT_EQ(PreparedOptions(with_url(url)).base_path(), path) << url;
}

TEST(CurlOptions, AUrlThatLibcurlRefusesIsAnErrorAndNamesNoKey) {
  for (const char* url : {"", "not a url", "https://", "http://a b/", "http://proxy:99999/"}) {
    try {
      const PreparedOptions options(with_url(url));
      ADD_FAILURE() << "taken: " << url;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(std::string(error.what()).find("the-key"), std::string::npos);
    }
  }
}

TEST(CurlOptions, ComputesTheFieldsOfEveryRequest) {
  const PreparedOptions options(with_url("https://proxy.example.com/v1"));
  EXPECT_EQ(options.own_headers(), "Authorization: Bearer the-key\r\nUser-Agent: tidegate/" + std::string(kVersion) +
                                       " (macbook)\r\nX-Tidegate-Gateway: macbook");
}

TEST(CurlOptions, ApplyServesManyHandles) {
  auto given = with_url("https://proxy.example.com/v1");
  given.ca_file = "/nonexistent/ca.pem";  // only read when connecting
  given.client_cert = "/nonexistent/cert.pem";
  given.client_key = "/nonexistent/key.pem";
  given.http2 = true;
  const PreparedOptions options(given);
  for (int i = 0; i < 3; ++i) {
    CURL* easy = curl_easy_init();
    options.apply(easy);
    curl_easy_cleanup(easy);
  }
}

}  // namespace
}  // namespace tidegate::upstream
