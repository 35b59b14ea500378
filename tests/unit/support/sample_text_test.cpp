#include "tests/support/sim/sample_text.h"

#include <gtest/gtest.h>

#include "tests/support/sim/digest.h"

namespace tidegate::sim {
namespace {

std::string joined(const SampleText& text) {
  std::string out;
  for (std::uint64_t i = 0; i < text.pieces(); ++i) text.append_piece(i, out);
  return out;
}

TEST(SampleText, WordsEchoThePrompt) {
  const auto text = SampleText::words(" hello  big world", 8, 0);
  EXPECT_EQ(text.pieces(), 8U);
  EXPECT_TRUE(joined(text).starts_with("You said: hello big world ")) << joined(text);
  EXPECT_EQ(joined(text).size(), text.bytes());
  EXPECT_EQ(joined(text), joined(SampleText::words(" hello  big world", 8, 0)));
  EXPECT_NE(joined(text), joined(SampleText::words(" hello  big world", 8, 1)));
}

TEST(SampleText, LongWordsAreCutBetweenCharacters) {
  std::string word;
  for (int i = 0; i < 40; ++i) word += "\xe6\xb5\x81";
  const auto text = joined(SampleText::words("a" + word, 3, 0));
  EXPECT_EQ((text.size() - std::string("You said: a").size()) % 3, 0U);
  EXPECT_LT(text.size(), 70U);
}

TEST(SampleText, FillerHasExactlyItsSize) {
  const auto text = SampleText::filler(1000, 300);
  EXPECT_EQ(text.pieces(), 4U);
  EXPECT_EQ(joined(text).size(), 1000U);
  EXPECT_EQ(joined(text), joined(SampleText::filler(1000, 7))) << "the same text in other pieces";
  EXPECT_EQ(text.head(650).size(), 600U);
  EXPECT_EQ(SampleText::filler(0, 10).pieces(), 0U);
}

TEST(SampleText, Fragments) {
  const auto text = SampleText::fragments("0123456789", 4);
  EXPECT_EQ(text.pieces(), 3U);
  EXPECT_EQ(joined(text), "0123456789");
}

TEST(Digest, KnownValues) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(crc32(0, "123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32(crc32(0, "1234"), "56789"), 0xcbf43926U);
}

}  // namespace
}  // namespace tidegate::sim
