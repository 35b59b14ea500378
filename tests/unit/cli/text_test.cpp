#include "cli/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

using testing::ElementsAre;

TEST(Clean, LeavesTextOfAllScripts) {
  EXPECT_EQ(clean("plain, wörld, 日本, 👩‍💻"), "plain, wörld, 日本, 👩‍💻");
}

TEST(Clean, SpellsOutWhatSteersATerminal) {
  EXPECT_EQ(clean("a\x1b[2J\r\n\tb\x7f"), "a\\x1b[2J\\x0d\\x0a\\x09b\\x7f");
  EXPECT_EQ(clean("\xc2\x9b"
                  "31m"),
            "\\u009b31m");  // CSI as one C1 character
  EXPECT_EQ(clean("a\u202e"
                  "b\u200b\ufeff\u2028"),
            "a\\u202eb\\u200b\\ufeff\\u2028");
  EXPECT_EQ(clean(std::string_view("\0x", 2)), "\\x00x");
}

TEST(Clean, SpellsOutBytesThatAreNoUtf8) {
  EXPECT_EQ(clean("\xff|\xc3|\xed\xa0\x80|\xc0\xaf|\xf4\x90\x80\x80"),
            "\\xff|\\xc3|\\xed\\xa0\\x80|\\xc0\\xaf|\\xf4\\x90\\x80\\x80");
}

TEST(Clean, CutsByCharacters) {
  EXPECT_EQ(clean("äöü", 3), "äöü");
  EXPECT_EQ(clean("äöüß", 3), "äöü…");
  EXPECT_EQ(clean(std::string(5'000, 'x')).size(), 1'000 + std::string("…").size());
}

TEST(CleanBlock, KeepsLinesAndTabs) {
  EXPECT_EQ(clean_block("a\r\n\tb\nc\rd\x1b"), "a\n\tb\nc\\x0dd\\x1b");
  EXPECT_EQ(clean_block(""), "");
}

TEST(Columns, CountsWideAndCombiningCharacters) {
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("日本"), 4U);
  EXPECT_EQ(columns("e\u0301"), 1U);
  EXPECT_EQ(columns("\xff"), 1U);
}

TEST(Fit, CutsToColumns) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdefg", 6), "abcde…");
  EXPECT_EQ(fit("日本語", 4), "日…");  // half a character is not shown
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(Pad, FillsUp) {
  EXPECT_EQ(pad("ä", 3), "ä  ");
  EXPECT_EQ(pad_left("ä", 3), "  ä");
  EXPECT_EQ(pad("long", 3), "long");
}

TEST(Wrap, BreaksAtBlanksOnly) {
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 6), ElementsAre("one", "two", "three"));
  EXPECT_THAT(wrap("see https://example.com/long now", 8), ElementsAre("see", "https://example.com/long", "now"));
}

TEST(Grouped, SetsCommas) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(12'345'678), "12,345,678");
}

TEST(HumanBytes, UsesDecimalUnits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1'200), "1.2 kB");
  EXPECT_EQ(human_bytes(18'234), "18 kB");
  EXPECT_EQ(human_bytes(999'600), "1.0 MB");
  EXPECT_EQ(human_bytes(5'000'000'000'000'000), "5000 TB");
}

}  // namespace
}  // namespace tidegate::cli
