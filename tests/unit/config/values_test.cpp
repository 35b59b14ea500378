#include "daemon/config/values.h"

#include <gtest/gtest.h>

#include "daemon/config/schema.h"
#include "daemon/config/yaml_tree.h"

namespace tidegate::config {
namespace {

TEST(Values, Counts) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_EQ(parse_count("18446744073709551615"), UINT64_MAX);
  for (const auto* text : {"", "-1", "+1", "01", "0x1", "1.0", "1e3", "1_000", " 1", "1 ", "18446744073709551616"})
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
}

TEST(Values, Sizes) {
  EXPECT_EQ(parse_bytes("1000"), 1000U);
  EXPECT_EQ(parse_bytes("512KiB"), 512ULL << 10);
  EXPECT_EQ(parse_bytes("64MiB"), 64ULL << 20);
  EXPECT_EQ(parse_bytes("1GiB"), 1ULL << 30);
  EXPECT_EQ(parse_bytes("17179869183GiB"), 17179869183ULL << 30);
  for (const auto* text : {"", "KiB", "1KB", "1kib", "1 KiB", "1.5MiB", "01KiB", "17179869184GiB", "1TiB", "-1KiB"})
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
}

TEST(Values, Fractions) {
  EXPECT_EQ(parse_fraction("0"), 0.0);
  EXPECT_EQ(parse_fraction("1"), 1.0);
  EXPECT_EQ(parse_fraction("0.2"), 0.2);
  EXPECT_EQ(parse_fraction("0.000001"), 0.000001);
  EXPECT_EQ(parse_fraction("1.000"), 1.0);
  for (const auto* text :
       {"", ".", "1.", ".5", "2", "1.1", "-0.1", "0.1.1", "0,2", "00.1", "1e-1", "0.0000001", "nan", "inf"})
    EXPECT_EQ(parse_fraction(text), std::nullopt) << text;
}

TEST(Values, Tokens) {
  EXPECT_TRUE(is_token("vps-1.a_B"));
  EXPECT_TRUE(is_token(std::string(64, 'a')));
  for (const auto& text : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b"),
                           std::string("é"), std::string("a\n")})
    EXPECT_FALSE(is_token(text)) << text;
}

TEST(Values, EditDistance) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("BaseURL", "baseUrl"), 0U);
  EXPECT_EQ(edit_distance("gatway", "gateway"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Schema, SuggestsTheNearestKey) {
  EXPECT_EQ(nearest("maxInflight", known_keys("upstream")), "maxInFlight");
  EXPECT_EQ(nearest("max_in_flight", known_keys("upstream")), "maxInFlight");
  EXPECT_EQ(nearest("url", known_keys("llm.openapi")), "");
  EXPECT_EQ(nearest(std::string(10'000, 'a'), known_keys("")), "");
  EXPECT_EQ(known_keys("gateway.clients[7]"), (std::vector<std::string_view>{"name", "key", "priority", "weight"}));
  EXPECT_EQ(known_keys("llm"), (std::vector<std::string_view>{"provider", "openapi"}));
}

TEST(Schema, ShowsOnlyWhatLooksLikeAKey) {
  EXPECT_EQ(presentable_key("maxConnections"), "maxConnections");
  for (const auto* text : {"", "sk-abc", "0123", "a b", "abcdefghijklmnopqrstuvwxy", "é"})
    EXPECT_EQ(presentable_key(text), "?") << text;
}

}  // namespace
}  // namespace tidegate::config
