#include "daemon/policy/learned_rate.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using Time = LearnedRate::Time;

LearnedRate::Measured measured(double started, double good, std::uint32_t answers) {
  return {.enough = true, .started = started, .good = good, .answers = answers};
}

TEST(LearnedRate, IsUnknownUntilARefusal) {
  LearnedRate rate(std::nullopt);
  for (int i = 0; i < 100; ++i) rate.good(1h + i * 1s, true);
  EXPECT_FALSE(rate.per_second());
}

TEST(LearnedRate, TheFirstGuessIsWhatWasStartedLessAStep) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, measured(2.0, 1.5, 20));
  ASSERT_TRUE(rate.per_second());
  EXPECT_NEAR(*rate.per_second(), 2.0 * (1 - LearnedRate::kStep - LearnedRate::kFirstStep), 1e-9);
}

TEST(LearnedRate, TooFewCallsMakeNoGuessButCountAsRefused) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, {.enough = false, .started = 0.1, .good = 0.0, .answers = 0});
  EXPECT_FALSE(rate.per_second());
  EXPECT_GT(rate.refused_share(), 0.05);
}

TEST(LearnedRate, LaterStepsAreSmall) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, measured(0.1, 0.1, 6));
  const double before = *rate.per_second();
  rate.refused(2h, measured(0.1, 0.1, 6));
  EXPECT_NEAR(*rate.per_second() / before, 1 - LearnedRate::kStep, 1e-6);
}

TEST(LearnedRate, SettlesWhereTheShareAimedAtIsRefused) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, measured(1.0, 1.0, 20));
  Time now = 2h;
  const double before = *rate.per_second();
  const auto answers = static_cast<int>(1 / LearnedRate::kShare);
  for (int round = 0; round < 20; ++round) {
    for (int i = 1; i < answers; ++i) rate.good(now += 1s, true);
    rate.refused(now += 1s, measured(before, before, 20));
  }
  EXPECT_NEAR(*rate.per_second() / before, 1.0, 0.1);
}

TEST(LearnedRate, OfTwoThatSeeTheSameRefusalsTheSlowerOneCatchesUp) {
  LearnedRate slow(std::nullopt);
  LearnedRate fast(std::nullopt);
  slow.refused(1h, measured(0.5, 0.5, 20));
  fast.refused(1h, measured(2.0, 2.0, 20));
  const double before = *fast.per_second() / *slow.per_second();
  Time now = 2h;
  for (int i = 0; i < 20'000; ++i) {
    slow.good(now += 1s, true);
    fast.good(now, true);
    if (i % 150 != 0) continue;
    slow.refused(now, measured(0.5, 0.5, 20));
    fast.refused(now, measured(2.0, 2.0, 20));
  }
  EXPECT_LT(*fast.per_second() / *slow.per_second(), 0.7 * before);
}

TEST(LearnedRate, CallsThatDidNotWaitForItSayNothing) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, measured(1.0, 1.0, 20));
  const double before = *rate.per_second();
  for (int i = 0; i < 10'000; ++i) rate.good(2h + i * 1s, false);
  EXPECT_EQ(*rate.per_second(), before);
}

TEST(LearnedRate, GrowsFastOnceThereIsClearlyRoom) {
  LearnedRate rate(std::nullopt);
  rate.refused(1h, measured(1.0, 1.0, 20));
  Time now = 2h;
  const double before = *rate.per_second();
  for (int i = 0; i < 900; ++i) rate.good(now += 1s, true);
  const double after = *rate.per_second();
  EXPECT_LT(after, 1.4 * before);
  for (int i = 0; i < 900; ++i) rate.good(now += 1s, true);
  EXPECT_GT(*rate.per_second() / after, 1.2 * (after / before));
}

TEST(LearnedRate, ManyRefusalsBringItToTheRateOfGoodAnswersAtOnce) {
  LearnedRate rate(std::nullopt);
  for (int i = 0; i < 3; ++i) rate.refused(1h + i * 1s, measured(100.0, 1.0, 60));
  EXPECT_LT(*rate.per_second(), 1.5);
  EXPECT_GT(*rate.per_second(), 0.75) << "and no lower than chance explains";
}

TEST(LearnedRate, NeverStopsAsking) {
  LearnedRate rate(std::nullopt);
  for (int i = 0; i < 10'000; ++i) rate.refused(1h + i * 1s, measured(1.0, 0.0, 0));
  EXPECT_EQ(*rate.per_second(), LearnedRate::kLeastPerSecond);
}

TEST(LearnedRate, ACapIsKnownFromTheStartAndNeverExceeded) {
  LearnedRate rate(1.0);
  EXPECT_EQ(rate.per_second(), 1.0);
  for (int i = 0; i < 10'000; ++i) rate.good(1h + i * 1s, true);
  EXPECT_EQ(rate.per_second(), 1.0);
  rate.refused(5h, measured(1.0, 1.0, 20));
  EXPECT_LT(*rate.per_second(), 1.0);
}

TEST(LearnedRate, ANewCapCountsAtOnce) {
  LearnedRate rate(1.0);
  rate.set_cap(2.0);
  EXPECT_EQ(rate.per_second(), 2.0);
  rate.refused(1h, measured(2.0, 2.0, 20));
  const double learned = *rate.per_second();
  rate.set_cap(3.0);
  EXPECT_EQ(*rate.per_second(), learned) << "what was learned stays";
  rate.set_cap(0.5);
  EXPECT_EQ(rate.per_second(), 0.5);
  rate.set_cap(std::nullopt);
  EXPECT_FALSE(rate.per_second());
}

}  // namespace
}  // namespace tidegate::policy
