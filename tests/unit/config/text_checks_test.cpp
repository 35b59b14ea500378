#include "daemon/config/text_checks.h"

#include <gtest/gtest.h>

#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

TEST(TextChecks, PlacesCountLinesAndCharacters) {
  const auto at = [](std::string_view text, std::size_t offset) {
    const auto [line, column] = place_at(text, offset);
    return std::pair(line, column);
  };
  EXPECT_EQ(at("", 0), std::pair(1, 1));
  EXPECT_EQ(at("ab\ncd", 1), std::pair(1, 2));
  EXPECT_EQ(at("ab\ncd", 3), std::pair(2, 1));
  EXPECT_EQ(at("ab\r\ncd", 5), std::pair(2, 2));
  EXPECT_EQ(at("é\xf0\x9f\x8c\x8ax", 6), std::pair(1, 3));
  EXPECT_EQ(at("ab\n", 99), std::pair(2, 1));
}

TEST(TextChecks, TakesAllOfUnicodeThatIsText) {
  for (const auto* text :
       {"", "a\tb", "# \t\n", "\xc2\xa0", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "a\r\n"})
    EXPECT_NO_THROW(check_text(text)) << text;
  for (const auto* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80",
                           "\xe2\x28\xa1", "\xff", "\xf0\x9f\x8c", "\xef\xbf\xbe", "\r", "a\r", "\t\n", "a: 1\n \t"})
    EXPECT_THROW(check_text(text), Refusal);
}

TEST(TextChecks, DropsOneByteOrderMark) {
  EXPECT_EQ(without_bom("\xEF\xBB\xBF"
                        "a"),
            "a");
  EXPECT_EQ(without_bom("a"), "a");
}

}  // namespace
}  // namespace tidegate::config
