#include "daemon/config/store.h"

#include <gtest/gtest.h>

namespace tidegate::config {
namespace {

constexpr WallTime at(int seconds) { return WallTime(std::chrono::seconds(seconds)); }

TEST(Store, StartsWithGenerationOne) {
  const Store store(Snapshot{}, at(5));
  EXPECT_EQ(store.current()->generation, 1U);
  EXPECT_EQ(store.current()->loaded_at, at(5));
  EXPECT_FALSE(store.last_error());
}

TEST(Store, PreparingChangesNothing) {
  const Store store(Snapshot{}, at(5));
  const auto first = store.current();
  EXPECT_EQ(store.prepare(Snapshot{}, at(6))->generation, 2U);
  EXPECT_EQ(store.prepare(Snapshot{}, at(6))->loaded_at, at(6));
  EXPECT_EQ(store.current(), first);
}

TEST(Store, AcceptedSnapshotsClearTheErrorAndLeaveOldOnesAlone) {
  Store store(Snapshot{}, at(5));
  const auto old = store.current();
  store.reject({"bad", 3, 4, at(6)});
  ASSERT_TRUE(store.last_error());
  EXPECT_EQ(store.last_error()->message, "bad");
  EXPECT_EQ(store.last_error()->line, 3);
  EXPECT_EQ(store.last_error()->column, 4);
  EXPECT_EQ(store.last_error()->when, at(6));
  EXPECT_EQ(store.current(), old);
  store.accept(store.prepare(Snapshot{}, at(7)));
  EXPECT_FALSE(store.last_error());
  EXPECT_EQ(store.current()->generation, 2U);
  EXPECT_EQ(old->generation, 1U);
}

TEST(Store, ConfirmingKeepsTheSnapshotUnlessItsWarningsChanged) {
  Store store(Snapshot{}, at(5));
  const auto first = store.current();
  store.reject({"bad", 0, 0, at(6)});
  store.confirm(Snapshot{});
  EXPECT_EQ(store.current(), first);
  EXPECT_FALSE(store.last_error());
  Snapshot warned;
  warned.warnings.push_back({"code", "text"});
  store.confirm(warned);
  EXPECT_EQ(store.current()->warnings.size(), 1U);
  EXPECT_EQ(store.current()->generation, 1U);
  EXPECT_EQ(store.current()->loaded_at, at(5));
}

}  // namespace
}  // namespace tidegate::config
