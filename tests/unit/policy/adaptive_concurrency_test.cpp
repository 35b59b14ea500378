#include "daemon/policy/adaptive_concurrency.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

TEST(AdaptiveConcurrency, StartsAtTheMostAndNeverGoesAbove) {
  AdaptiveConcurrency concurrency(32);
  EXPECT_EQ(concurrency.limit(), 32U);
  for (int i = 0; i < 1000; ++i) concurrency.good(1h + i * 1s, 100ms, 32);
  EXPECT_EQ(concurrency.limit(), 32U);
}

TEST(AdaptiveConcurrency, FallsToOneAndNoLower) {
  AdaptiveConcurrency concurrency(32);
  for (int i = 0; i < 100; ++i) concurrency.overloaded(1h + i * 1s, 100ms);
  EXPECT_EQ(concurrency.limit(), 1U);
}

TEST(AdaptiveConcurrency, AMostOfZeroIsOne) { EXPECT_EQ(AdaptiveConcurrency(0).limit(), 1U); }

TEST(AdaptiveConcurrency, CallsThatWereUnderWayTogetherMakeItFallOnce) {
  AdaptiveConcurrency concurrency(100);
  for (int i = 0; i < 50; ++i) concurrency.overloaded(1h + i * 10ms, 1s);
  EXPECT_EQ(concurrency.limit(), 70U);
  concurrency.overloaded(1h + 2s, 1s);
  EXPECT_EQ(concurrency.limit(), 49U);
}

TEST(AdaptiveConcurrency, ARefusalCostsLessThanAnOverload) {
  AdaptiveConcurrency concurrency(100);
  concurrency.rate_limited(1h, 1s);
  EXPECT_EQ(concurrency.limit(), 90U);
}

TEST(AdaptiveConcurrency, RisesByAboutOneForEachRoundOfGoodAnswers) {
  AdaptiveConcurrency concurrency(100);
  concurrency.overloaded(1h, 100ms);
  for (int i = 0; i < 70; ++i) concurrency.good(1h + 1s + i * 1ms, 100ms, 70);
  EXPECT_EQ(concurrency.limit(), 70U);
  for (int i = 0; i < 2; ++i) concurrency.good(1h + 2s, 100ms, 70);
  EXPECT_EQ(concurrency.limit(), 71U);
}

TEST(AdaptiveConcurrency, ComesBackFastToHalfOfWhatItHad) {
  AdaptiveConcurrency concurrency(64);
  for (int i = 0; i < 20; ++i) concurrency.overloaded(1h + i * 1s, 100ms);
  ASSERT_EQ(concurrency.limit(), 1U);
  int answers = 0;
  while (concurrency.limit() < 4 && answers < 1000) {
    concurrency.good(2h + answers * 100ms, 100ms, concurrency.limit());
    ++answers;
  }
  EXPECT_LE(answers, 10);
}

TEST(AdaptiveConcurrency, DoesNotRiseWhileItIsNotUsed) {
  AdaptiveConcurrency concurrency(100);
  concurrency.overloaded(1h, 100ms);
  for (int i = 0; i < 10'000; ++i) concurrency.good(2h + i * 1s, 100ms, 34);
  EXPECT_EQ(concurrency.limit(), 70U);
}

TEST(AdaptiveConcurrency, FallsWhileAnswersComeMuchLaterThanTheyUsedTo) {
  AdaptiveConcurrency concurrency(100);
  for (int i = 0; i < 1000; ++i) concurrency.good(1h + i * 1s, 100ms, 100);
  ASSERT_EQ(concurrency.limit(), 100U);
  for (int i = 0; i < 60; ++i) concurrency.good(2h + i * 1s, 900ms, 100);
  EXPECT_LT(concurrency.limit(), 80U);
}

TEST(AdaptiveConcurrency, SlowSingleCallsAreNobodysFault) {
  AdaptiveConcurrency concurrency(1);
  for (int i = 0; i < 100; ++i) concurrency.good(1h + i * 1s, 100ms, 1);
  for (int i = 0; i < 100; ++i) concurrency.good(2h + i * 1s, 10s, 1);
  EXPECT_EQ(concurrency.limit(), 1U);
}

TEST(AdaptiveConcurrency, FollowsANewBound) {
  AdaptiveConcurrency concurrency(10);
  concurrency.set_most(20);
  EXPECT_EQ(concurrency.limit(), 20U) << "what was never limited follows the bound up";
  concurrency.overloaded(1h, 100ms);
  concurrency.set_most(40);
  EXPECT_EQ(concurrency.limit(), 14U);
  concurrency.set_most(5);
  EXPECT_EQ(concurrency.limit(), 5U);
}

}  // namespace
}  // namespace tidegate::policy
