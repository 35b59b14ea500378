#include "daemon/http/chunked_body.h"

#include <optional>

#include <gtest/gtest.h>

#include "daemon/http/limits.h"

namespace tidegate::http {
namespace {

constexpr std::uint64_t kMaxBody = 1 << 20;

struct Decoded {
  std::string body;
  std::string rest;  // what follows the body
  bool done = false;
  std::optional<Error> error;
};

// As the connection does it: what was not used comes again with more behind it.
Decoded decode(const std::vector<std::string_view>& pieces, std::uint64_t max_body = kMaxBody) {
  ChunkedBody decoder(max_body);
  Decoded out;
  for (const auto piece : pieces) {
    out.rest += piece;
    auto used = decoder.feed(out.rest, out.body);
    if (!used) {
      out.error = used.error();
      return out;
    }
    out.rest.erase(0, *used);
  }
  out.done = decoder.done();
  return out;
}

TEST(ChunkedBody, DecodesInEverySplit) {
  const std::string wire =
      "5\r\nhello\r\n6;name=\"v;\\\"x\"\r\n world\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n";
  const std::string bytes = wire + "GET / HTTP/1.1\r\n";
  const std::string expected = "hello world0123456789";
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    const std::string_view all = bytes;
    const auto out = decode({all.substr(0, at), all.substr(at)});
    ASSERT_FALSE(out.error) << at << ": " << out.error->message;
    EXPECT_TRUE(out.done) << at;
    EXPECT_EQ(out.body, expected) << at;
    EXPECT_EQ(out.rest, "GET / HTTP/1.1\r\n") << at;
  }
}

TEST(ChunkedBody, DecodesByteByByte) {
  const std::string wire = "3\r\nabc\r\n0\r\n\r\n";
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < wire.size(); ++i) pieces.push_back(std::string_view(wire).substr(i, 1));
  const auto out = decode(pieces);
  ASSERT_FALSE(out.error);
  EXPECT_TRUE(out.done);
  EXPECT_EQ(out.body, "abc");
  EXPECT_EQ(out.rest, "");
}

TEST(ChunkedBody, IsNotDoneBeforeItsEnd) {
  const std::string wire = "3\r\nabc\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const auto out = decode({std::string_view(wire).substr(0, size)});
    EXPECT_FALSE(out.error) << size;
    EXPECT_FALSE(out.done) << size;
  }
}

TEST(ChunkedBody, RefusesWhatIsMalformed) {
  for (const std::string_view wire :
       {"x\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcd\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "3\r\nabc0\r\n\r\n",
        "3 3\r\nabc\r\n0\r\n\r\n", "3,\r\nabc\r\n0\r\n\r\n", "0\r\nno colon\r\n\r\n", "0\r\nA : b\r\n\r\n"}) {
    const auto out = decode({wire});
    ASSERT_TRUE(out.error) << wire;
    EXPECT_EQ(out.error->code, ErrorCode::bad_request) << wire;
  }
}

TEST(ChunkedBody, RefusesSizesThatOverflow) {
  for (const std::string_view wire :
       {"10000000000000000\r\n", "FFFFFFFFFFFFFFFFF\r\n", "fffffffffffffffffffffff\r\n"}) {
    const auto out = decode({wire});
    ASSERT_TRUE(out.error) << wire;
    EXPECT_TRUE(out.error->code == ErrorCode::bad_request || out.error->code == ErrorCode::body_too_large) << wire;
    EXPECT_EQ(out.body, "");
  }
  const auto largest = decode({"FFFFFFFFFFFFFFFF\r\nabc"});
  ASSERT_TRUE(largest.error);
  EXPECT_EQ(largest.error->code, ErrorCode::body_too_large);
  // A second chunk whose size would turn the sum over.
  const auto turned = decode({"1\r\na\r\nFFFFFFFFFFFFFFFF\r\nabc"});
  ASSERT_TRUE(turned.error);
  EXPECT_EQ(turned.error->code, ErrorCode::body_too_large);
}

TEST(ChunkedBody, IsBoundedToTheByte) {
  EXPECT_TRUE(decode({"4\r\nabcd\r\n0\r\n\r\n"}, 4).done);
  EXPECT_TRUE(decode({"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"}, 4).done);
  const auto over = decode({"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"}, 4);
  ASSERT_TRUE(over.error);
  EXPECT_EQ(over.error->code, ErrorCode::body_too_large);
  EXPECT_LE(over.body.size(), 4U);
}

TEST(ChunkedBody, BoundsTheExtensionsOfAChunk) {
  const auto with = [](std::size_t size) { return "1;" + std::string(size - 1, 'x') + "\r\na\r\n0\r\n\r\n"; };
  EXPECT_TRUE(decode({with(Limits::kMaxChunkExtension)}).done);
  const auto over = decode({with(Limits::kMaxChunkExtension + 1)});
  ASSERT_TRUE(over.error);
  EXPECT_EQ(over.error->code, ErrorCode::bad_request);
}

TEST(ChunkedBody, BoundsTheTrailers) {
  const auto with = [](std::size_t size) { return "0\r\nT: " + std::string(size - 5, 'x') + "\r\n\r\n"; };
  EXPECT_TRUE(decode({with(Limits::kMaxTrailers)}).done);
  EXPECT_TRUE(decode({with(Limits::kMaxTrailers + 1)}).error);
  std::string many = "0\r\n";
  while (many.size() < Limits::kMaxTrailers + 64) many += "T: x\r\n";
  EXPECT_TRUE(decode({many + "\r\n"}).error);
}

TEST(ChunkedBody, BoundsTheNumberOfChunks) {
  std::string wire;
  for (std::size_t i = 0; i < Limits::kMaxChunkHeads + 1; ++i) wire += "1\r\na\r\n";
  const auto out = decode({wire}, 64 << 20);
  ASSERT_TRUE(out.error);
  EXPECT_EQ(out.error->code, ErrorCode::bad_request);
}

}  // namespace
}  // namespace tidegate::http
