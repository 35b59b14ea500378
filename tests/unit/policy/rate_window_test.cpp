#include "daemon/policy/rate_window.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

TEST(RateWindow, CountsEachEventForAMinuteAndForNoMoreThanASecondLonger) {
  RateWindow window;
  window.add(1h);
  EXPECT_EQ(window.count(1h), 1U);
  EXPECT_EQ(window.count(1h + 60s), 1U);
  EXPECT_EQ(window.count(1h + 61s), 0U);
}

TEST(RateWindow, AnEventThatBeganItsSecondLateIsStillKeptAWholeMinute) {
  RateWindow window;
  window.add(1h + 999ms);
  EXPECT_EQ(window.count(1h + 60'999ms), 1U);
  EXPECT_EQ(window.count(1h + 61s), 0U);
}

TEST(RateWindow, ALongSilenceForgetsEverything) {
  for (const auto pause : {61s, 62s, 122s, 3'600s}) {
    RateWindow window;
    for (int i = 0; i < 60; ++i) window.add(1h + i * 1s);
    EXPECT_EQ(window.count(1h + 59s), 60U);
    EXPECT_EQ(window.count(1h + 59s + pause), 0U) << pause.count();
  }
}

TEST(RateWindow, GivesTheRateOverTheTimeThatIsKnown) {
  RateWindow window;
  EXPECT_EQ(window.per_second(1h, 10s), 0.0);
  for (int i = 0; i < 40; ++i) window.add(1h + i * 500ms);
  EXPECT_NEAR(window.per_second(1h + 20s, 10s), 2.0, 0.05);
  EXPECT_NEAR(window.per_second(1h + 20s, 40s), 1.0, 0.05) << "not over less than the shortest";
  for (int i = 40; i < 400; ++i) window.add(1h + i * 500ms);
  EXPECT_NEAR(window.per_second(1h + 200s, 10s), 2.0, 0.05);
}

TEST(RateWindow, SaysWhenTheCountWillDrop) {
  RateWindow window;
  EXPECT_EQ(window.next_drop(1h), 1h);
  window.add(1h);
  window.add(1h + 30s);
  EXPECT_EQ(window.next_drop(1h + 40s), 1h + 61s);
  EXPECT_EQ(window.count(1h + 61s), 1U);
  EXPECT_EQ(window.next_drop(1h + 61s), 1h + 91s);
}

TEST(RateWindow, KnowsItsAge) {
  RateWindow window;
  EXPECT_EQ(window.age(1h), 0s);
  window.add(1h);
  EXPECT_EQ(window.age(1h + 5s), 5s);
}

}  // namespace
}  // namespace tidegate::policy
