#include "daemon/observe/health_tracker.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;

struct HealthTrackerTest : testing::Test {
  HealthTracker health;
  TimePoint now{1h};
  std::chrono::system_clock::time_point wall{1000h};

  void pass(Clock::duration time) {
    now += time;
    wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(time);
  }
  std::string codes() const {
    std::string joined;
    for (const auto& item : health.visible(now)) joined += item.code + " ";
    return joined;
  }
};

TEST_F(HealthTrackerTest, AnItemWithoutSettleTimeShowsAtOnce) {
  EXPECT_EQ(health.overall(now), Health::ok);
  health.set("config_invalid", Severity::error, "line 3: no such key", now, wall);
  ASSERT_EQ(health.visible(now).size(), 1U);
  const auto item = health.visible(now)[0];
  EXPECT_EQ(item.code, "config_invalid");
  EXPECT_EQ(item.severity, Severity::error);
  EXPECT_EQ(item.summary, "line 3: no such key");
  EXPECT_EQ(item.since, wall);
  EXPECT_EQ(health.overall(now), Health::degraded);
  health.clear("config_invalid");
  EXPECT_EQ(codes(), "");
  EXPECT_EQ(health.overall(now), Health::ok);
}

TEST_F(HealthTrackerTest, AHiccupIsNeverSeen) {
  health.set("upstream_down", Severity::error, "refused", now, wall, 5s);
  pass(4999ms);
  EXPECT_EQ(codes(), "");
  EXPECT_EQ(health.overall(now), Health::ok);
  health.clear("upstream_down");
  pass(1h);
  EXPECT_EQ(codes(), "");
}

TEST_F(HealthTrackerTest, WhatLastsIsSeenWithTheTimeItBegan) {
  const auto began = wall;
  health.set("upstream_down", Severity::error, "refused", now, wall, 5s);
  pass(3s);
  health.set("upstream_down", Severity::error, "timed out", now, wall, 5s);  // renewing does not begin anew
  pass(2s);
  ASSERT_EQ(codes(), "upstream_down ");
  EXPECT_EQ(health.visible(now)[0].since, began);
  EXPECT_EQ(health.visible(now)[0].summary, "timed out");
}

TEST_F(HealthTrackerTest, AfterClearingItSettlesAnew) {
  health.set("upstream_down", Severity::error, "refused", now, wall, 5s);
  pass(10s);
  health.clear("upstream_down");
  health.set("upstream_down", Severity::error, "refused", now, wall, 5s);
  EXPECT_EQ(codes(), "");
}

TEST_F(HealthTrackerTest, TheGravestComeFirstThenTheOldest) {
  health.set("w_old", Severity::warning, "", now, wall);
  pass(1s);
  health.set("e_old", Severity::error, "", now, wall);
  pass(1s);
  health.set("e_new", Severity::error, "", now, wall);
  health.set("e_mew", Severity::error, "", now, wall);
  EXPECT_EQ(codes(), "e_old e_mew e_new w_old ");
}

TEST_F(HealthTrackerTest, AWarningDoesNotDegrade) {
  health.set("config_readable_by_others", Severity::warning, "", now, wall);
  EXPECT_EQ(codes(), "config_readable_by_others ");
  EXPECT_EQ(health.overall(now), Health::ok);
  health.set("config_readable_by_others", Severity::error, "", now, wall);
  EXPECT_EQ(health.overall(now), Health::degraded);
}

TEST_F(HealthTrackerTest, ItemsAndTextsAreBounded) {
  for (std::size_t i = 0; i < HealthTracker::kMaxItems + 5; ++i) {
    health.set("code" + std::to_string(i), Severity::error, std::string(100'000, 'x'), now, wall);
  }
  EXPECT_EQ(health.visible(now).size(), HealthTracker::kMaxItems);
  for (const auto& item : health.visible(now)) EXPECT_LE(item.summary.size(), HealthTracker::kMaxSummary + 3);
  health.clear("code0");
  health.set("another", Severity::error, "", now, wall);
  EXPECT_EQ(health.visible(now).size(), HealthTracker::kMaxItems);
}

TEST_F(HealthTrackerTest, ClearingWhatIsNotThereIsFine) {
  health.clear("nothing");
  EXPECT_EQ(codes(), "");
}

TEST(Severity, HasNames) {
  EXPECT_EQ(to_string(Severity::warning), "warning");
  EXPECT_EQ(to_string(Severity::error), "error");
}

}  // namespace
}  // namespace tidegate::observe
