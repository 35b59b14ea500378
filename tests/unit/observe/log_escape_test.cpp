#include "daemon/observe/log_escape.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

using namespace std::string_literals;

std::string text(std::string_view in) {
  std::string out;
  append_text(out, in);
  return out;
}
std::string value(std::string_view in) {
  std::string out;
  append_value(out, in);
  return out;
}
std::string json(std::string_view in) {
  std::string out;
  append_json(out, in);
  return out;
}

TEST(LogEscape, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(text("a \"quoted\" C:\\path \u00e9 \u4e2d \U0001F600"), "a \"quoted\" C:\\path \u00e9 \u4e2d \U0001F600");
}

TEST(LogEscape, ControlCharactersCannotForgeALineOrColourATerminal) {
  EXPECT_EQ(text("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(text("\x1b[31m\x07\x7f\0"s), "\\x1b[31m\\x07\\x7f\\x00");
  EXPECT_EQ(text("\u009b31m"), "\\xc2\\x9b31m");
  EXPECT_EQ(text("a\u2028b\u2029c"), "a\\xe2\\x80\\xa8b\\xe2\\x80\\xa9c");
  EXPECT_EQ(json("a\nb\x1b\u009b\u2028\u2029"), R"("a\nb\u001b\u009b\u2028\u2029")");
}

TEST(LogEscape, WhatIsNoUtf8IsShownAsBytesOrReplaced) {
  EXPECT_EQ(text("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(text("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(json("a\xff"), "\"a\uFFFD\"");
}

TEST(LogEscape, ValuesAreQuotedOnlyWhereNeeded) {
  EXPECT_EQ(value("gpt-4"), "gpt-4");
  EXPECT_EQ(value("127.0.0.1:8433"), "127.0.0.1:8433");
  EXPECT_EQ(value(""), "\"\"");
  EXPECT_EQ(value("two words"), "\"two words\"");
  EXPECT_EQ(value("a=b"), "\"a=b\"");
  EXPECT_EQ(value("say \"hi\" \\"), R"("say \"hi\" \\")");
  EXPECT_EQ(value("a\nkey=forged"), R"("a\nkey=forged")");
  EXPECT_EQ(value("\u00e9"), "\"\u00e9\"");
}

TEST(LogEscape, JsonEscapesWhatItMust) { EXPECT_EQ(json("a\"b\\c/"), R"("a\"b\\c/")"); }

TEST(Utf8Length, KnowsTheWholeTable) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("\u0080"), 2U);
  EXPECT_EQ(utf8_length("\u07ff"), 2U);
  EXPECT_EQ(utf8_length("\u0800"), 3U);
  EXPECT_EQ(utf8_length("\uffff"), 3U);
  EXPECT_EQ(utf8_length("\U00010000"), 4U);
  EXPECT_EQ(utf8_length("\U0010ffff"), 4U);
  for (const auto* bad : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xc3", "\xe4\xb8", "\xf0\x9f\x98", "\xe4\xb8 ", "\xf0\x9f\x98 "}) {
    EXPECT_EQ(utf8_length(bad), 0U) << text(bad);
  }
}

}  // namespace
}  // namespace tidegate::observe
