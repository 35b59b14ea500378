// Real files and a real loop. The same tests run over inotify and, in a program of their own, over kqueue.
#include "daemon/platform/file_watcher.h"

#include <gtest/gtest.h>

#include <asio/executor_work_guard.hpp>
#include <functional>
#include <optional>

#include "daemon/platform/clock.h"
#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kGuard = 20s;  // only a hang takes so long

struct FileWatcherTest : testing::Test {
  asio::io_context loop;
  test::TemporaryFolder folder;
  const fs::path file = folder / "config.yaml";
  int changes = 0;
  std::optional<FileWatcher> watcher;

  void watch(const fs::path& path) {
    watcher.emplace(loop.get_executor(), path, [this] { ++changes; });
    watcher->start();
  }

  bool run_until(const std::function<bool()>& reached) {
    const auto end = Clock::now() + kGuard;
    const auto keep = asio::make_work_guard(loop);
    loop.restart();
    while (!reached() && Clock::now() < end) loop.run_one_for(50ms);
    return reached();
  }

  bool changed() {
    const int before = seen_;
    const bool more = run_until([&] { return changes > before; });
    seen_ = changes;
    return more;
  }

  /// Nothing was told, though the system has told everything: another watcher, on a file changed last, has fired.
  bool stays_quiet() {
    const auto marker = folder / "marker";
    int marked = 0;
    FileWatcher other(loop.get_executor(), marker, [&] { ++marked; });
    other.start();
    test::write_file(marker, "x");
    return run_until([&] { return marked > 0; }) && changes == seen_;
  }

  static void replace(const fs::path& path, const std::string& text) {
    const auto beside = path.parent_path() / ".config.new";
    test::write_file(beside, text);
    fs::rename(beside, path);
  }

 private:
  int seen_ = 0;
};

TEST_F(FileWatcherTest, TellsOfAWriteInPlace) {
  test::write_file(file, "a");
  watch(file);
  EXPECT_TRUE(watcher->watching());
  test::write_file(file, "b");
  EXPECT_TRUE(changed());
  test::write_file(file, "c");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, TellsOfASaveByRenameAgainAndAgain) {
  test::write_file(file, "a");
  watch(file);
  for (int i = 0; i < 3; ++i) {
    replace(file, "b");
    EXPECT_TRUE(changed());
  }
  test::write_file(file, "in place, after the rename");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, TellsOfAFileMovedAwayAndBackAsEditorsDo) {
  test::write_file(file, "a");
  watch(file);
  fs::rename(file, folder / "config.yaml~");
  EXPECT_TRUE(changed());
  test::write_file(file, "b");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, TellsOfRemovalAndOfANewFile) {
  watch(file);
  EXPECT_TRUE(watcher->watching());
  test::write_file(file, "a");
  EXPECT_TRUE(changed());
  fs::remove(file);
  EXPECT_TRUE(changed());
  test::write_file(file, "b");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, TellsOfAChangedMode) {
  test::write_file(file, "a");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  watch(file);
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, TellsOfManyWritesOnce) {
  test::write_file(file, "a");
  watch(file);
  for (int i = 0; i < 50; ++i) replace(file, std::to_string(i));
  EXPECT_TRUE(changed());
  EXPECT_TRUE(stays_quiet());
  EXPECT_EQ(changes, 1);
}

TEST_F(FileWatcherTest, SaysNothingOfNeighboursAndOfReading) {
  test::write_file(file, "a");
  watch(file);
  test::write_file(folder / "config.yaml.bak", "x");
  fs::rename(folder / "config.yaml.bak", folder / "other");
  EXPECT_EQ(test::read_file(file), "a");
  EXPECT_TRUE(stays_quiet());
  test::write_file(file, "b");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, FollowsAFolderThatIsMadeLater) {
  const auto deep = folder / "a" / "b" / "config.yaml";
  watch(deep);
  EXPECT_TRUE(watcher->watching());
  fs::create_directories(deep.parent_path());
  test::write_file(deep, "a");
  EXPECT_TRUE(changed());
  test::write_file(deep, "b");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, FollowsAFolderThatIsRemovedAndMadeAgain) {
  const auto inner = folder / "inner" / "config.yaml";
  fs::create_directory(inner.parent_path());
  test::write_file(inner, "a");
  watch(inner);
  for (int i = 0; i < 3; ++i) {
    fs::remove_all(inner.parent_path());
    EXPECT_TRUE(changed());
    fs::create_directory(inner.parent_path());
    test::write_file(inner, "b");
    EXPECT_TRUE(changed());
  }
  test::write_file(inner, "c");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, FollowsAParentFolderThatIsReplaced) {
  const auto deep = folder / "a" / "b" / "config.yaml";
  fs::create_directories(deep.parent_path());
  test::write_file(deep, "old");
  watch(deep);
  fs::create_directories(folder / "new" / "b");
  test::write_file(folder / "new" / "b" / "config.yaml", "new text");
  fs::rename(folder / "a", folder / "away");
  fs::rename(folder / "new", folder / "a");
  EXPECT_TRUE(changed());
  test::write_file(deep, "newer");
  EXPECT_TRUE(changed());
  test::write_file(folder / "away" / "b" / "config.yaml", "nobody's");
  EXPECT_TRUE(stays_quiet());
}

TEST_F(FileWatcherTest, FollowsALinkToWhereTheFileReallyIs) {
  fs::create_directory(folder / "dotfiles");
  const auto real = folder / "dotfiles" / "config.yaml";
  test::write_file(real, "a");
  fs::create_symlink(real, file);
  watch(file);
  test::write_file(real, "b");
  EXPECT_TRUE(changed());
  replace(real, "c");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, FollowsASwapOfTheDataLinkAsKubernetesDoesIt) {
  for (const auto* name : {"..1", "..2", "..3"}) {
    fs::create_directory(folder / name);
    test::write_file(folder / name / "config.yaml", name);
  }
  fs::create_directory_symlink("..1", folder / "..data");
  fs::create_symlink("..data/config.yaml", file);
  watch(file);
  for (const auto* name : {"..2", "..3"}) {
    fs::create_directory_symlink(name, folder / "..data_tmp");
    fs::rename(folder / "..data_tmp", folder / "..data");
    EXPECT_TRUE(changed());
    EXPECT_EQ(test::read_file(file), name);
  }
  fs::remove_all(folder / "..1");
  test::write_file(folder / "..3" / "config.yaml", "in place");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, IsSilentOnceStoppedAndStartsAgain) {
  test::write_file(file, "a");
  watch(file);
  test::write_file(file, "b");
  watcher->stop();
  EXPECT_FALSE(watcher->watching());
  EXPECT_TRUE(stays_quiet());
  watcher->start();
  EXPECT_TRUE(watcher->watching());
  test::write_file(file, "c");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatcherTest, MayBeDestroyedByItsOwnCall) {
  test::write_file(file, "a");
  watcher.emplace(loop.get_executor(), file, [this] {
    ++changes;
    watcher.reset();
  });
  watcher->start();
  test::write_file(file, "b");
  EXPECT_TRUE(changed());
  EXPECT_FALSE(watcher.has_value());
}

TEST_F(FileWatcherTest, MayBeDestroyedWithEventsUnderWay) {
  test::write_file(file, "a");
  for (int i = 0; i < 20; ++i) {
    watch(file);
    test::write_file(file, std::to_string(i));
    if (i % 2 == 0) loop.poll();
    watcher.reset();
  }
  EXPECT_TRUE(stays_quiet());
}

TEST_F(FileWatcherTest, MayOutliveTheRunOfTheLoop) {
  asio::io_context short_lived;
  FileWatcher kept(short_lived.get_executor(), file, [this] { ++changes; });
  kept.start();
  test::write_file(file, "a");
  kept.stop();
  EXPECT_EQ(changes, 0);
}

}  // namespace
}  // namespace tidegate::platform
