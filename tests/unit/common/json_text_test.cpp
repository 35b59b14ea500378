#include "common/json_text.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

TEST(JsonQuote, EscapesWhatJsonWantsEscaped) {
  EXPECT_EQ(json_quote("plain"), "\"plain\"");
  EXPECT_EQ(json_quote("a\"b\\c\n"), "\"a\\\"b\\\\c\\n\"");
  EXPECT_EQ(json_quote(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(JsonQuote, IsJsonWhateverTheBytes) {
  EXPECT_EQ(json_quote("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_TRUE(is_json(json_quote("caf\xc3 \x80 \xf0\x9f")));
}

TEST(IsJson, TakesOneWholeValueOnly) {
  EXPECT_TRUE(is_json("{\"a\":[1,2,{}]} "));
  EXPECT_TRUE(is_json("null"));
  EXPECT_FALSE(is_json(""));
  EXPECT_FALSE(is_json("{\"a\":1"));
  EXPECT_FALSE(is_json("{} {}"));
}

}  // namespace
}  // namespace tidegate
