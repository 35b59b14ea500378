#include "common/secret.h"

#include <ostream>
#include <type_traits>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tidegate {
namespace {

template <class T, class = void>
struct IsStreamable : std::false_type {};
template <class T>
struct IsStreamable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<const T&>())>>
    : std::true_type {};

TEST(Secret, CannotBePrintedByAccident) {
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
  EXPECT_FALSE((std::is_convertible_v<std::string, Secret>));
  EXPECT_FALSE(IsStreamable<Secret>::value);
  EXPECT_FALSE((fmt::is_formattable<Secret>::value));
}

TEST(Secret, RevealsItsTextWhenAsked) {
  EXPECT_EQ(Secret("k-123").reveal(), "k-123");
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(Secret("x").empty());
}

TEST(Secret, ComparesWholeTexts) {
  const Secret key("k-123");
  EXPECT_TRUE(key.equals("k-123"));
  for (const char* other : {"", "k-12", "k-1234", "k-124", "j-123", "K-123"}) EXPECT_FALSE(key.equals(other)) << other;
  EXPECT_TRUE(Secret().equals(""));
  EXPECT_TRUE(Secret(std::string("a\0b", 3)).equals(std::string_view("a\0b", 3)));
  EXPECT_FALSE(Secret(std::string("a\0b", 3)).equals(std::string_view("a\0c", 3)));
  EXPECT_FALSE(Secret("\x80").equals(std::string_view("\0", 1)));
}

TEST(Secret, IsEqualForSnapshots) {
  EXPECT_EQ(Secret("a"), Secret("a"));
  EXPECT_NE(Secret("a"), Secret("b"));
}

TEST(Redact, ReplacesEachOccurrence) {
  const Secret key("k-123");
  EXPECT_EQ(redact("Bearer k-123 is not k-1234 nor xk-123", key),
            "Bearer [redacted] is not [redacted]4 nor x[redacted]");
  EXPECT_EQ(redact("k-123k-123", key), "[redacted][redacted]");
  EXPECT_EQ(redact("nothing", key), "nothing");
  EXPECT_EQ(redact("", key), "");
}

TEST(Redact, DoesNotLoopOverItsOwnMark) {
  EXPECT_EQ(redact("a redacted b", Secret("redacted")), "a [redacted] b");
  EXPECT_EQ(redact("[redacted]", Secret("[redacted]")), "[redacted]");
}

TEST(Redact, LeavesSecretsThatWouldMatchEverywhere) {
  EXPECT_EQ(redact("abc", Secret("abc")), "abc");
  EXPECT_EQ(redact("abcd", Secret("abcd")), "[redacted]");
  EXPECT_EQ(redact("text", Secret()), "text");
}

}  // namespace
}  // namespace tidegate
