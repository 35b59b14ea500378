#include "daemon/upstream/models_cache.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::upstream {
namespace {

TEST(ModelsCache, IsEmptyAtFirst) {
  const ModelsCache cache;
  EXPECT_EQ(cache.list(), nullptr);
  EXPECT_FALSE(cache.fresh(TimePoint{}));
}

TEST(ModelsCache, KeepsTheBytesAndIsFreshForAWhile) {
  ModelsCache cache;
  const TimePoint now{std::chrono::hours(1)};
  cache.store(now, {"application/json; charset=x", " {\"data\" : []}\n"});
  ASSERT_NE(cache.list(), nullptr);
  EXPECT_EQ(cache.list()->content_type, "application/json; charset=x");
  EXPECT_EQ(cache.list()->body, " {\"data\" : []}\n");
  EXPECT_TRUE(cache.fresh(now + ModelsCache::kFresh - std::chrono::nanoseconds(1)));
  EXPECT_FALSE(cache.fresh(now + ModelsCache::kFresh));
  EXPECT_NE(cache.list(), nullptr) << "an old list is still shown";
  cache.store(now + ModelsCache::kFresh, {"a", "b"});
  EXPECT_TRUE(cache.fresh(now + ModelsCache::kFresh));
  EXPECT_EQ(cache.list()->body, "b");
  cache.clear();
  EXPECT_EQ(cache.list(), nullptr);
}

TEST(ModelsCache, ATooLongListLeavesTheOldOne) {
  ModelsCache cache;
  cache.store(TimePoint{}, {"a", std::string(ModelsCache::kMaxBytes, 'x')});
  ASSERT_NE(cache.list(), nullptr);
  cache.store(TimePoint{} + ModelsCache::kFresh, {"a", std::string(ModelsCache::kMaxBytes + 1, 'y')});
  EXPECT_EQ(cache.list()->body.front(), 'x');
  EXPECT_FALSE(cache.fresh(TimePoint{} + ModelsCache::kFresh));
}

TEST(ModelsCache, TheFallbackNamesTheConfiguredModel) {
  const std::string name = "provider/a \"quoted\" model \xff";
  const auto list = ModelsCache::fallback(name);
  EXPECT_EQ(list.content_type, "application/json");
  const auto json = nlohmann::json::parse(list.body);
  EXPECT_EQ(json["object"], "list");
  ASSERT_EQ(json["data"].size(), 1U);
  EXPECT_EQ(json["data"][0]["object"], "model");
  EXPECT_EQ(json["data"][0]["id"].get<std::string>().substr(0, 25), name.substr(0, 25));
}

}  // namespace
}  // namespace tidegate::upstream
