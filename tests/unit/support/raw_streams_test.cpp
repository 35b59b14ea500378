#include "tests/support/sim/raw_streams.h"

#include <gtest/gtest.h>

namespace tidegate::sim {
namespace {

TEST(RawStreams, EachIsAlwaysTheSame) {
  for (const auto name : raw_stream_names()) {
    const auto stream = raw_stream(name);
    ASSERT_TRUE(stream.has_value()) << name;
    EXPECT_EQ(stream, raw_stream(name));
    EXPECT_NE(stream->find("[DONE]"), std::string::npos) << name;
  }
  EXPECT_FALSE(raw_stream("nothing").has_value());
}

TEST(RawStreams, HoldWhatTheirNamesSay) {
  EXPECT_EQ(raw_stream("cr")->find('\n'), std::string::npos);
  EXPECT_EQ(raw_stream("lf")->find('\r'), std::string::npos);
  EXPECT_TRUE(raw_stream("bom")->starts_with("\xef\xbb\xbf"));
  EXPECT_GT(raw_stream("long-line")->find('\n'), 1'048'576U);
  EXPECT_NE(raw_stream("bytes")->find('\0'), std::string::npos);
  EXPECT_GT(raw_stream("all")->size(), raw_stream("long-line")->size());
}

}  // namespace
}  // namespace tidegate::sim
