// What the watcher does where the system cannot watch. ChangeSource::make is defined here, so that the linker does not
// take the platform's.
#include <gtest/gtest.h>

#include "daemon/platform/change_source.h"
#include "daemon/platform/clock.h"
#include "daemon/platform/file_watcher.h"
#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

using namespace std::chrono_literals;

bool system_can_watch = false;

class FailingSource : public ChangeSource {
 public:
  bool arm(const WatchPlan&) override { return system_can_watch; }
};

struct FileWatcherFallbackTest : testing::Test {
  asio::io_context loop;
  ManualClock clock;
  test::TemporaryFolder folder;
  std::filesystem::path file = folder / "config.yaml";
  int changes = 0;
  FileWatcher watcher{loop.get_executor(), file, [this] { ++changes; }};

  FileWatcherFallbackTest() {
    system_can_watch = false;
    test::write_file(file, "a");
    watcher.start();
  }
  void pass(Clock::duration time) { ManualClock::run_for(loop, time); }
};

TEST_F(FileWatcherFallbackTest, LooksAtTheFileNowAndThen) {
  EXPECT_FALSE(watcher.watching());
  pass(30s);
  EXPECT_EQ(changes, 0);
  for (int i = 1; i <= 2; ++i) {
    test::write_file(file, std::string(static_cast<std::size_t>(10 * i), 'x'));
    pass(kFallbackPoll + kSettleTime + 50ms);
    EXPECT_EQ(changes, i);
  }
}

TEST_F(FileWatcherFallbackTest, WatchesAgainOnceItCan) {
  system_can_watch = true;
  EXPECT_FALSE(watcher.watching());
  test::write_file(file, "while nobody watched");
  pass(kFallbackPoll + kSettleTime + 50ms);
  EXPECT_TRUE(watcher.watching());
  EXPECT_EQ(changes, 1);
  test::write_file(file, "looking now and then has ended");
  pass(30s);
  EXPECT_EQ(changes, 1);
}

TEST_F(FileWatcherFallbackTest, StopsLooking) {
  watcher.stop();
  test::write_file(file, "longer");
  pass(30s);
  EXPECT_EQ(changes, 0);
}

}  // namespace

std::unique_ptr<ChangeSource> ChangeSource::make(const Executor&, Told) { return std::make_unique<FailingSource>(); }

}  // namespace tidegate::platform
