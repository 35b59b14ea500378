#include "cli/json_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

using nlohmann::json;
using testing::Optional;

TEST(JsonView, WhatIsMissingOrOfAnotherTypeIsNothing) {
  const auto object =
      json::parse(R"({"text":"a\u001b","number":3.5,"negative":-1,"list":[1],"empty":"","null":null,"huge":1e300})");
  EXPECT_EQ(text_at(object, "text"), "a\\x1b");
  EXPECT_EQ(text_at(object, "number"), "3.5");
  EXPECT_EQ(text_at(object, "list", "otherwise"), "otherwise");
  EXPECT_EQ(text_at(object, "empty", "otherwise"), "otherwise");
  EXPECT_EQ(text_at(json(7), "text", "otherwise"), "otherwise");
  EXPECT_THAT(number_at(object, "number"), Optional(3.5));
  EXPECT_EQ(number_at(object, "negative"), std::nullopt);
  EXPECT_EQ(number_at(object, "text"), std::nullopt);
  EXPECT_EQ(count_at(object, "number"), 3U);
  EXPECT_EQ(count_at(object, "negative"), 0U);
  EXPECT_EQ(count_at(object, "huge"), 1'000'000'000'000'000'000U);
  EXPECT_EQ(list_at(object, "list").size(), 1U);
  EXPECT_TRUE(list_at(object, "text").empty());
  EXPECT_TRUE(member(object, "null").is_null());
  EXPECT_TRUE(member(json::array(), "x").is_null());
  EXPECT_EQ(moment_at(object, "text"), std::nullopt);
}

TEST(ErrorLine, ReadsTheShapesThatProvidersUse) {
  EXPECT_THAT(error_line(json::parse(R"({"error":{"message":"no","code":"c","type":"t"}})")),
              Optional(std::string("no (c)")));
  EXPECT_THAT(error_line(json::parse(R"({"error":{"message":"no","code":null,"type":"t"}})")),
              Optional(std::string("no (t)")));
  EXPECT_THAT(error_line(json::parse(R"({"error":{"message":"no","code":429}})")), Optional(std::string("no (429)")));
  EXPECT_THAT(error_line(json::parse(R"({"error":"words"})")), Optional(std::string("words")));
  EXPECT_THAT(error_line(json::parse(R"({"error":{}})")), Optional(std::string("an error without a message")));
  EXPECT_EQ(error_line(json::parse(R"({"error":null})")), std::nullopt);
  EXPECT_EQ(error_line(json::parse(R"([])")), std::nullopt);
}

}  // namespace
}  // namespace tidegate::cli
