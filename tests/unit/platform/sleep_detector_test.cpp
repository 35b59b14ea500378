#include "daemon/platform/sleep_detector.h"

#include <optional>

#include <gtest/gtest.h>

namespace tidegate::platform {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds asleep{};

struct SleepDetectorTest : testing::Test {
  SleepDetectorTest() { asleep = 3h; }  // what it slept before we were started does not matter
  SleepDetector& make() {
    return detector.emplace([]() noexcept { return asleep; });
  }
  std::optional<SleepDetector> detector;
};

TEST_F(SleepDetectorTest, NothingAtFirst) { EXPECT_FALSE(make().slept()); }

TEST_F(SleepDetectorTest, EachSleepIsToldOnce) {
  auto& sleep = make();
  asleep += 1h;
  EXPECT_TRUE(sleep.slept());
  EXPECT_FALSE(sleep.slept());
  asleep += 1s;
  EXPECT_TRUE(sleep.slept());
  EXPECT_FALSE(sleep.slept());
}

TEST_F(SleepDetectorTest, APauseThatNoConnectionMindsIsNone) {
  auto& sleep = make();
  asleep += SleepDetector::kShortest - 1ns;
  EXPECT_FALSE(sleep.slept());
  asleep += 1ns;
  EXPECT_TRUE(sleep.slept()) << "short ones add up";
}

TEST_F(SleepDetectorTest, TimeThatGoesBackIsNone) {
  auto& sleep = make();
  asleep -= 2h;
  EXPECT_FALSE(sleep.slept());
}

TEST(TimeAsleep, StandsStillWhileAwake) {
  const auto before = time_asleep();
  EXPECT_GE(before, -1ms);
  const auto until = std::chrono::steady_clock::now() + 20ms;
  while (std::chrono::steady_clock::now() < until) {
  }
  EXPECT_LT(time_asleep() - before, 10ms) << "the two clocks run at the same pace";
  EXPECT_FALSE(SleepDetector().slept());
}

}  // namespace
}  // namespace tidegate::platform
