#include "common/ascii.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate {
namespace {

TEST(Ascii, LowersLettersOfAsciiOnly) {
  EXPECT_EQ(ascii_lower('A'), 'a');
  EXPECT_EQ(ascii_lower('Z'), 'z');
  for (const char c : std::string("@[`{az09-\xc4\xd6")) EXPECT_EQ(ascii_lower(c), c);
  EXPECT_EQ(to_lower("Content-TYPE \xc3\x84"), "content-type \xc3\x84");
  EXPECT_EQ(to_lower(""), "");
}

TEST(Ascii, KnowsDigits) {
  for (const char c : std::string("0123456789")) EXPECT_TRUE(is_digit(c)) << c;
  for (const char c : std::string("/:aA -\xb2")) EXPECT_FALSE(is_digit(c)) << c;
}

TEST(Ascii, ComparesWithoutCase) {
  EXPECT_TRUE(iequals("", ""));
  EXPECT_TRUE(iequals("HoSt", "hOsT"));
  EXPECT_FALSE(iequals("host", "hosts"));
  EXPECT_FALSE(iequals("host", "post"));
  // '@' and '`', '[' and '{' differ by the same bit as a letter's case does.
  EXPECT_FALSE(iequals("@[", "`{"));
}

TEST(Ascii, FindsAPrefixWithoutCase) {
  EXPECT_TRUE(istarts_with("Bearer abc", "bearer "));
  EXPECT_TRUE(istarts_with("x", ""));
  EXPECT_TRUE(istarts_with("", ""));
  EXPECT_FALSE(istarts_with("Bear", "bearer"));
  EXPECT_FALSE(istarts_with("a bearer", "bearer"));
}

TEST(Ascii, TrimsBlanksAndTabsOnly) {
  EXPECT_EQ(trim(" \t a b \t"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  // A line break inside a header value is no blank: what looks for it must still see it.
  EXPECT_EQ(trim("\r\na\n"), "\r\na\n");
}

TEST(Ascii, FindsATokenInAList) {
  EXPECT_TRUE(list_contains("close", "close"));
  EXPECT_TRUE(list_contains("keep-alive, Close", "close"));
  EXPECT_TRUE(list_contains(" ,, \tclose\t ,", "close"));
  EXPECT_FALSE(list_contains("", "close"));
  EXPECT_FALSE(list_contains("closed, not close", "close"));
  EXPECT_FALSE(list_contains("keep-alive", "close"));
}

TEST(Ascii, ParsesWholeUnsignedNumbersOnly) {
  EXPECT_EQ(parse_u64("0"), 0U);
  EXPECT_EQ(parse_u64("0042"), 42U);
  EXPECT_EQ(parse_u64("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_u64("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_u64("99999999999999999999999"), std::nullopt);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1,0", "a"})
    EXPECT_EQ(parse_u64(text), std::nullopt) << text;
  EXPECT_EQ(parse_u64(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(parse_u64(std::string_view{}), std::nullopt);
}

TEST(Ascii, MakesTextPrintable) {
  EXPECT_EQ(printable("plain text \xc3\xa4"), "plain text \xc3\xa4");
  EXPECT_EQ(printable("\x1b[31m\r\n\t\x7f"), "\\x1b[31m\\x0d\\x0a\\x09\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Ascii, CutsPrintableTextAtItsBound) {
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable("abcd", 3), "abc…");
  EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "…");
}

}  // namespace
}  // namespace tidegate
