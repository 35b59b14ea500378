#include "tests/support/sim/request_parser.h"

#include <gtest/gtest.h>

namespace tidegate::sim {
namespace {

constexpr std::string_view kRequest =
    "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nX-B: 1\r\nx-a: 2\r\nX-b: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

TEST(RequestParser, KeepsOrderSpellingAndDuplicates) {
  RequestParser parser;
  EXPECT_EQ(parser.feed(kRequest), kRequest.size());
  ASSERT_EQ(parser.state(), RequestParser::State::done);
  const auto& request = *parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/x?a=b");
  EXPECT_EQ(request.path(), "/v1/x");
  EXPECT_EQ(request.body, "abcde");
  EXPECT_TRUE(request.keep_alive);
  const Headers expected{{"Host", "h"}, {"X-B", "1"}, {"x-a", "2"}, {"X-b", "3"}, {"Transfer-Encoding", "chunked"}};
  EXPECT_EQ(request.headers, expected);
}

TEST(RequestParser, TakesEveryCutOfTheBytes) {
  for (std::size_t cut = 1; cut < kRequest.size(); ++cut) {
    RequestParser parser;
    const auto used = parser.feed(kRequest.substr(0, cut));
    EXPECT_LE(used, cut);
    parser.feed(kRequest.substr(used));
    ASSERT_EQ(parser.state(), RequestParser::State::done) << cut;
    EXPECT_EQ(parser.request()->body, "abcde");
  }
}

TEST(RequestParser, LeavesThePipelinedRequest) {
  RequestParser parser;
  const std::string two = "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto used = parser.feed(two);
  EXPECT_EQ(two.substr(used).substr(0, 6), "GET /b");
}

TEST(RequestParser, FailsOnWhatIsNoRequest) {
  RequestParser parser;
  parser.feed("HELLO\r\n\r\n");
  EXPECT_EQ(parser.state(), RequestParser::State::failed);
  EXPECT_FALSE(parser.failure().empty());
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\n\r\n"), 0U);
}

TEST(RequestParser, HeadHasABound) {
  RequestParser parser;
  parser.feed("GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'x') + "\r\n\r\n");
  EXPECT_EQ(parser.state(), RequestParser::State::failed);
}

TEST(RequestParser, BodyHasABound) {
  RequestParser parser;
  parser.feed("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(kMaxBody + 1) + "\r\n\r\n");
  EXPECT_EQ(parser.state(), RequestParser::State::failed);
}

TEST(Request, FindsTheKeyInEitherHeader) {
  Request request;
  EXPECT_FALSE(request.api_key().has_value());
  request.headers = {{"X-Api-Key", "two"}};
  EXPECT_EQ(request.api_key(), "two");
  request.headers.emplace_back("authorization", "bearer one");
  EXPECT_EQ(request.api_key(), "one");
}

}  // namespace
}  // namespace tidegate::sim
