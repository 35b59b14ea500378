#include "daemon/policy/retry_budget.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

int take_all(RetryBudget& budget, RetryBudget::Time now) {
  int taken = 0;
  while (taken < 10'000 && budget.take(now)) ++taken;
  return taken;
}

TEST(RetryBudget, AllowsASmallNumberWhateverTheTraffic) {
  RetryBudget budget;
  EXPECT_EQ(take_all(budget, 1h), static_cast<int>(RetryBudget::kFloor));
}

TEST(RetryBudget, AllowsTheShareOfTheWindowsRequests) {
  RetryBudget budget(0.2);
  for (int i = 0; i < 100; ++i) budget.request(1h + i * 50ms);
  EXPECT_EQ(take_all(budget, 1h + 5s), 20);
}

TEST(RetryBudget, ForgetsWhatIsOlderThanTheWindow) {
  RetryBudget budget(0.2);
  for (int i = 0; i < 100; ++i) budget.request(1h);
  EXPECT_EQ(take_all(budget, 1h + 9s), 20);
  // The requests have left the window, their retries of second 9 have not.
  EXPECT_EQ(take_all(budget, 1h + 10s), 0);
  EXPECT_EQ(take_all(budget, 1h + 19s), static_cast<int>(RetryBudget::kFloor));
}

TEST(RetryBudget, ALongSilenceForgetsEverything) {
  for (const auto pause : {10s, 11s, 15s, 20s, 1000s, 100'000s}) {
    RetryBudget budget(0.2);
    for (int i = 0; i < 100; ++i) budget.request(1h);
    EXPECT_EQ(take_all(budget, 1h), 20);
    EXPECT_EQ(take_all(budget, 1h + pause), static_cast<int>(RetryBudget::kFloor)) << pause.count();
  }
}

TEST(RetryBudget, AShareOfZeroLeavesTheFloor) {
  RetryBudget budget(0.0);
  for (int i = 0; i < 1000; ++i) budget.request(1h);
  EXPECT_EQ(take_all(budget, 1h), static_cast<int>(RetryBudget::kFloor));
}

TEST(RetryBudget, ANewShareCountsAtOnce) {
  RetryBudget budget(0.0);
  for (int i = 0; i < 100; ++i) budget.request(1h);
  EXPECT_EQ(take_all(budget, 1h), 3);
  budget.set_share(0.5);
  EXPECT_EQ(take_all(budget, 1h), 47);
}

// The storm that the budget is for: everything fails and everybody would try four times.
TEST(RetryBudget, WhileEverythingFailsAttemptsStayBelowFiveQuartersOfRequests) {
  for (const auto gap : {1ms, 7ms, 50ms}) {
    RetryBudget budget(0.2);
    double requests = 0;
    double attempts = 0;
    for (auto now = RetryBudget::Time(1h); now < 1h + 60s; now += gap) {
      budget.request(now);
      ++requests;
      ++attempts;
      for (int retry = 0; retry < 3 && budget.take(now); ++retry) ++attempts;
      if (requests >= 500) {
        ASSERT_LT(attempts, 1.25 * requests) << gap.count();
      }
    }
    EXPECT_GT(attempts, 1.15 * requests) << "the budget is there to be used";
  }
}

}  // namespace
}  // namespace tidegate::policy
