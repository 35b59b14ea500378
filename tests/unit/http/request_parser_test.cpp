#include "daemon/http/request_parser.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate::http {
namespace {

struct RequestParserTest : testing::Test {
  RequestHead head;

  bool parse(std::string raw) {
    head.raw = std::move(raw);
    return parse_request_head(head).ok();
  }
};

TEST_F(RequestParserTest, ReadsEveryPart) {
  ASSERT_TRUE(
      parse("POST /v1/chat/completions?a=b&c HTTP/1.1\r\nHost: localhost:8433\r\nX-A:  one two \r\n"
            "x-a: again\r\nContent-Length: 12\r\n\r\n"));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?a=b&c");
  EXPECT_EQ(head.path, "/v1/chat/completions");
  EXPECT_EQ(head.query, "?a=b&c");
  EXPECT_EQ(head.host, "localhost:8433");
  EXPECT_EQ(head.version, 11);
  ASSERT_EQ(head.headers.size(), 4U);
  EXPECT_EQ(head.headers[1].name, "X-A");
  EXPECT_EQ(head.headers[1].value, "one two");
  EXPECT_EQ(head.headers[2].value, "again");
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_TRUE(head.has_body());
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expect_continue);
}

TEST_F(RequestParserTest, EveryViewPointsIntoTheBytesThatCame) {
  ASSERT_TRUE(parse("GET http://localhost/p?q HTTP/1.1\r\nHost: localhost\r\nX-Empty:\r\n\r\n"));
  const auto inside = [&](std::string_view view) {
    return view.data() >= head.raw.data() && view.data() + view.size() <= head.raw.data() + head.raw.size();
  };
  EXPECT_TRUE(inside(head.method) && inside(head.target) && inside(head.path) && inside(head.query));
  EXPECT_TRUE(inside(head.host));
  for (const auto& [name, value] : head.headers) EXPECT_TRUE(inside(name) && (value.empty() || inside(value))) << name;
}

TEST_F(RequestParserTest, AbsoluteFormGivesPathAndQuery) {
  ASSERT_TRUE(parse("GET HTTP://LocalHost:1/p?q HTTP/1.1\r\nHost: localhost:1\r\n\r\n"));
  EXPECT_EQ(head.path, "/p");
  EXPECT_EQ(head.query, "?q");
  ASSERT_TRUE(parse("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(head.path, "/");
  ASSERT_TRUE(parse("GET http://localhost?q HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(head.query, "?q");
}

TEST_F(RequestParserTest, KeepAliveFollowsVersionAndConnection) {
  const auto kept = [&](const std::string& version, const std::string& connection) {
    EXPECT_TRUE(parse("GET / HTTP/" + version + "\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n"));
    return head.keep_alive;
  };
  EXPECT_TRUE(kept("1.1", "x"));
  EXPECT_FALSE(kept("1.1", "close"));
  EXPECT_FALSE(kept("1.1", "x, Close"));
  EXPECT_FALSE(kept("1.0", "x"));
  EXPECT_TRUE(kept("1.0", "Keep-Alive"));
}

TEST_F(RequestParserTest, ExpectationIsForHttp11Only) {
  ASSERT_TRUE(parse("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"));
  EXPECT_TRUE(head.expect_continue);
  ASSERT_TRUE(parse("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
  EXPECT_FALSE(head.expect_continue);
}

TEST_F(RequestParserTest, NothingIsLeftOfTheRequestBefore) {
  ASSERT_TRUE(parse("POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\n"));
  ASSERT_TRUE(parse("GET /b HTTP/1.1\r\nHost: c\r\n\r\n"));
  EXPECT_EQ(head.headers.size(), 1U);
  EXPECT_FALSE(head.content_length.has_value());
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.host, "c");
  ASSERT_TRUE(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_TRUE(head.chunked);
  ASSERT_FALSE(parse("broken\r\n\r\n"));
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.headers.empty());
}

TEST_F(RequestParserTest, ATruncatedHeadIsRefused) {
  const std::string whole = "GET / HTTP/1.1\r\nHost: a\r\nX-B: c\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse(whole.substr(0, size))) << size;
  EXPECT_TRUE(parse(whole));
}

TEST(FindHeadEnd, FindsItHoweverTheBytesCome) {
  const std::string head = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto bytes = head + "GET /next HTTP/1.1\r\n\r\n";
  for (std::size_t first = 0; first <= bytes.size(); ++first)
    for (std::size_t second = first; second <= bytes.size(); ++second) {
      const auto early = find_head_end(std::string_view(bytes).substr(0, first), 0);
      ASSERT_EQ(early, first < head.size() ? 0 : head.size()) << first;
      if (early == 0) {
        ASSERT_EQ(find_head_end(std::string_view(bytes).substr(0, second), first),
                  second < head.size() ? 0 : head.size())
            << first << " " << second;
      }
    }
}

TEST(FindHeadEnd, EmptyLinesAloneAreNoHead) {
  EXPECT_EQ(find_head_end("\r\n\r\n\r\n", 0), 0U);
  EXPECT_EQ(find_head_end("\r\n\r\n\r\n", 3), 0U);
  EXPECT_EQ(find_head_end("", 0), 0U);
}

}  // namespace
}  // namespace tidegate::http
