#include "daemon/platform/watch_plan.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

struct WatchPlanTest : testing::Test {
  test::TemporaryFolder folder;
  std::string at(const std::string& name) const { return (folder / name).string(); }
};

TEST_F(WatchPlanTest, APlainFileNeedsItsFolderAndThePassageThere) {
  test::write_file(at("config"), "x");
  const auto plan = plan_watches(at("config"));
  EXPECT_EQ(plan.file, at("config"));
  EXPECT_EQ(plan.last_folder, folder.path());
  EXPECT_EQ(plan.folders.at(folder.path()), Names{"config"});
  EXPECT_EQ(plan.folders.at("/"), Names{});
}

TEST_F(WatchPlanTest, AMissingFileAndAMissingFolderAreAwaitedInTheNearestFolderThatExists) {
  auto plan = plan_watches(at("config"));
  EXPECT_EQ(plan.file, "");
  EXPECT_EQ(plan.folders.at(folder.path()), Names{"config"});
  plan = plan_watches(at("a/b/config"));
  EXPECT_EQ(plan.last_folder, folder.path());
  EXPECT_EQ(plan.folders.at(folder.path()), Names{"a"});
}

TEST_F(WatchPlanTest, LinksOnTheWayAreWatchedWhereTheyStandAndWhereTheyLead) {
  fs::create_directory(at("one"));
  test::write_file(at("one/config"), "x");
  fs::create_directory_symlink("one", at("..data"));
  fs::create_symlink("..data/config", at("config"));
  const auto plan = plan_watches(at("config"));
  EXPECT_EQ(plan.file, at("one/config"));
  EXPECT_EQ(plan.last_folder, at("one"));
  EXPECT_EQ(plan.folders.at(folder.path()), (Names{"..data", "config"}));
  EXPECT_EQ(plan.folders.at(at("one")), Names{"config"});
}

TEST_F(WatchPlanTest, AbsoluteLinksAndDotsAreFollowed) {
  fs::create_directories(at("real/deep"));
  test::write_file(at("real/config"), "x");
  fs::create_symlink(at("real/deep/../config"), at("link"));
  const auto plan = plan_watches(at("./real//../link"));
  EXPECT_EQ(plan.file, at("real/config"));
}

TEST_F(WatchPlanTest, ALoopOfLinksEnds) {
  fs::create_symlink("b", at("a"));
  fs::create_symlink("a", at("b"));
  const auto plan = plan_watches(at("a"));
  EXPECT_EQ(plan.file, "");
  EXPECT_EQ(plan.folders.at(folder.path()), (Names{"a", "b"}));
}

TEST_F(WatchPlanTest, AFileOnTheWayIsLikeAMissingFolder) {
  test::write_file(at("a"), "x");
  const auto plan = plan_watches(at("a/config"));
  EXPECT_EQ(plan.file, "");
  EXPECT_EQ(plan.folders.at(folder.path()), Names{"a"});
}

TEST_F(WatchPlanTest, AFolderInTheFilesPlaceIsWatchedToo) {
  fs::create_directory(at("config"));
  const auto plan = plan_watches(at("config"));
  EXPECT_EQ(plan.file, "");
  EXPECT_EQ(plan.last_folder, at("config"));
}

TEST_F(WatchPlanTest, FingerprintsDifferByContentModeAndExistence) {
  const auto missing = fingerprint(at("config"));
  EXPECT_FALSE(missing.exists);
  test::write_file(at("config"), "x");
  const auto first = fingerprint(at("config"));
  EXPECT_NE(first, missing);
  EXPECT_EQ(first, fingerprint(at("config")));
  test::write_file(at("config"), "longer");
  const auto second = fingerprint(at("config"));
  EXPECT_NE(second, first);
  fs::permissions(at("config"), fs::perms::owner_read);
  EXPECT_NE(fingerprint(at("config")), second);
}

}  // namespace
}  // namespace tidegate::platform
