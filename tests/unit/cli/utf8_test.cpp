#include "cli/utf8.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(DecodeUtf8, KnowsTheLimitsOfEachLength) {
  EXPECT_EQ(decode_utf8("\x7f").length, 1U);
  EXPECT_EQ(decode_utf8("\xc2\x80").code, 0x80U);
  EXPECT_EQ(decode_utf8("\xef\xbf\xbf").code, 0xffffU);
  EXPECT_EQ(decode_utf8("\xf4\x8f\xbf\xbf").code, 0x10ffffU);
  EXPECT_EQ(decode_utf8("\xe0\x9f\xbf").length, 0U);      // overlong
  EXPECT_EQ(decode_utf8("\xf0\x8f\xbf\xbf").length, 0U);  // overlong
  EXPECT_EQ(decode_utf8("\xe2\x82").length, 0U);          // cut
  EXPECT_EQ(decode_utf8("").length, 0U);
}

TEST(IsControl, KnowsWhatHidesAndReorders) {
  for (const char32_t code : {0x00U, 0x1bU, 0x7fU, 0x9bU, 0x200bU, 0x202eU, 0x2066U, 0xfeffU, 0xe0041U})
    EXPECT_TRUE(is_control(code)) << static_cast<std::uint32_t>(code);
  for (const char32_t code : {0x20U, 0x7eU, 0xa0U, 0x200dU, 0x2026U, 0x1f600U})
    EXPECT_FALSE(is_control(code)) << static_cast<std::uint32_t>(code);
}

TEST(CharColumns, NoneOneOrTwo) {
  EXPECT_EQ(char_columns(0x301), 0U);
  EXPECT_EQ(char_columns('a'), 1U);
  EXPECT_EQ(char_columns(0x65e5), 2U);
}

}  // namespace
}  // namespace tidegate::cli
