#include "daemon/upstream/response_head.h"

#include <gtest/gtest.h>

namespace tidegate::upstream {
namespace {

/// Feeds `text` line by line, as libcurl does; the first error.
std::optional<Error> feed(ResponseHeadParser& parser, std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (auto error = parser.line(text.substr(0, end))) return error;
    text.remove_prefix(end);
  }
  return std::nullopt;
}

TEST(ResponseHead, TellsTheStatusTheFieldsAndTheVersion) {
  ResponseHeadParser parser;
  EXPECT_FALSE(
      feed(parser, "HTTP/1.1 404 Not  Found\r\nContent-Type:  text/plain \r\nX-Twice: 1\r\nx-twice: 2\r\nEmpty:\r\n"));
  EXPECT_FALSE(parser.complete());
  EXPECT_FALSE(feed(parser, "\r\n"));
  ASSERT_TRUE(parser.complete());
  const auto& head = parser.head();
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not  Found");
  EXPECT_EQ(head.http_version, "1.1");
  ASSERT_EQ(head.headers.size(), 4U);
  EXPECT_EQ(head.headers[0].name, "Content-Type");
  EXPECT_EQ(head.headers[0].value, "text/plain");
  EXPECT_EQ(head.headers[2].value, "2");
  EXPECT_EQ(head.headers[3].value, "");
  EXPECT_EQ(head.find("X-TWICE"), "1");
  EXPECT_EQ(head.find("missing"), "");
  EXPECT_TRUE(head.close_delimited);
}

struct Framing {
  const char* text;
  std::optional<std::uint64_t> length;
  bool chunked;
  bool close_delimited;
  const char* version;
};

TEST(ResponseHead, TellsHowTheBodyEnds) {
  const Framing cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, false, false, "1.1"},
      {"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\n", 18446744073709551615U, false, false, "1.1"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n", 7, false, false, "1.1"},
      {"HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n", std::nullopt, true, false, "1.1"},
      {"HTTP/1.0 200 OK\r\n\r\n", std::nullopt, false, true, "1.0"},
      {"HTTP/1.1 204 No Content\r\n\r\n", std::nullopt, false, false, "1.1"},
      {"HTTP/1.1 304 Not Modified\r\n\r\n", std::nullopt, false, false, "1.1"},
      {"HTTP/2 200 \r\n\r\n", std::nullopt, false, false, "2"},
      {"HTTP/2 599\n\n", std::nullopt, false, false, "2"},
  };
  for (const auto& one : cases) {
    ResponseHeadParser parser;
    EXPECT_FALSE(feed(parser, one.text)) << one.text;
    ASSERT_TRUE(parser.complete()) << one.text;
    EXPECT_EQ(parser.head().content_length, one.length) << one.text;
    EXPECT_EQ(parser.head().chunked, one.chunked) << one.text;
    EXPECT_EQ(parser.head().close_delimited, one.close_delimited) << one.text;
    EXPECT_EQ(parser.head().http_version, one.version) << one.text;
  }
}

TEST(ResponseHead, RefusesWhatNoProxyMaySay) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string cases[] = {
      "HTTP/1.1 0 Zero\r\n",
      "HTTP/1.1 99 Low\r\n",
      "HTTP/1.1 600 High\r\n",
      "HTTP/1.1 1200 High\r\n",
      "HTTP/1.1 0200 OK\r\n",
      "HTTP/1.1 -200 OK\r\n",
      "HTTP/1.1 +200 OK\r\n",
      "HTTP/1.1 200OK\r\n",
      "HTTP/1.1 2e2 OK\r\n",
      "HTTP/1.1 99999999999999999999999 OK\r\n",
      "HTTP/1.1\r\n",
      "HTTP/1.1 \r\n",
      "HTTP/1.1 101 Switching Protocols\r\n",
      ok + "HTTP/1.1 200 OK\r\n",
      ok + "Content-Length: -1\r\n",
      ok + "Content-Length: +1\r\n",
      ok + "Content-Length: 1 1\r\n",
      ok + "Content-Length: 0x1\r\n",
      ok + "Content-Length:\r\n",
      ok + "Content-Length: 1, 1\r\n",
      ok + "Content-Length: 18446744073709551616\r\n",
      ok + "Content-Length: 1\r\nContent-Length: 2\r\n",
      ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
      ok + "Transfer-Encoding: chunked\r\ncontent-length: 1\r\n",
      ok + "Transfer-Encoding: identity\r\n",
      ok + "Transfer-Encoding: gzip, chunked\r\n",
      ok + "no colon\r\n",
      ok + ": no name\r\n",
      ok + "Content-Length : 5\r\n",
      ok + "Two Words: x\r\n",
      ok + " folded: x\r\n",
      ok + "\tfolded\r\n",
      ok + std::string("A: b\0c\r\n", 8),
      ok + "A: b\rC: d\r\n",
  };
  for (const auto& text : cases) {
    ResponseHeadParser parser;
    const auto error = feed(parser, text);
    ASSERT_TRUE(error) << text;
    EXPECT_EQ(error->code, ErrorCode::upstream_protocol) << text;
  }
}

TEST(ResponseHead, SkipsInformationalHeads) {
  ResponseHeadParser parser;
  EXPECT_FALSE(
      feed(parser, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\nContent-Length: 9\r\n\r\n"));
  EXPECT_FALSE(parser.complete());
  EXPECT_FALSE(feed(parser, "HTTP/1.1 201 Created\r\nA: b\r\n\r\n"));
  ASSERT_TRUE(parser.complete());
  EXPECT_EQ(parser.head().status, 201);
  EXPECT_EQ(parser.head().headers.size(), 1U);
  EXPECT_FALSE(parser.head().content_length);
}

TEST(ResponseHead, IgnoresTrailers) {
  ResponseHeadParser parser;
  EXPECT_FALSE(feed(parser, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_FALSE(
      feed(parser, "Content-Length: 3\r\nno colon\r\nHTTP/1.1 500 No\r\n" + std::string(100'000, 'x') + "\r\n"));
  EXPECT_EQ(parser.head().status, 200);
  EXPECT_EQ(parser.head().headers.size(), 1U);
}

TEST(ResponseHead, BoundsItsBytes) {
  const std::string line = "A: " + std::string(1019, 'x') + "\r\n";  // 1 KiB
  ResponseHeadParser parser;
  std::size_t fed = std::string_view("HTTP/1.1 200 OK\r\n").size();
  EXPECT_FALSE(parser.line("HTTP/1.1 200 OK\r\n"));
  while (fed + line.size() <= ResponseHeadParser::kMaxHead) {
    ASSERT_FALSE(parser.line(line));
    fed += line.size();
  }
  EXPECT_EQ(parser.line(line)->code, ErrorCode::upstream_protocol);
}

TEST(ResponseHead, BoundsInformationalHeadsToo) {
  ResponseHeadParser parser;
  std::optional<Error> error;
  int heads = 0;
  while (!error && heads < 10'000) {
    error = feed(parser, "HTTP/1.1 103 Early Hints\r\nLink: <https://example.com/style.css>\r\n\r\n");
    ++heads;
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::upstream_protocol);
}

TEST(ResponseHead, BoundsItsFields) {
  ResponseHeadParser parser;
  EXPECT_FALSE(parser.line("HTTP/1.1 200 OK\r\n"));
  for (std::size_t i = 0; i < ResponseHeadParser::kMaxHeaders; ++i) ASSERT_FALSE(parser.line("A: b\r\n"));
  EXPECT_TRUE(parser.line("A: b\r\n"));
}

TEST(ResponseHead, ClearForgetsEverything) {
  ResponseHeadParser parser;
  EXPECT_FALSE(feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  parser.clear();
  EXPECT_FALSE(parser.complete());
  EXPECT_FALSE(feed(parser, "HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\n"));
  EXPECT_EQ(parser.head().status, 500);
  EXPECT_EQ(parser.head().content_length, 6U);
}

}  // namespace
}  // namespace tidegate::upstream
