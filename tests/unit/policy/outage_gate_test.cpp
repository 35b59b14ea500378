#include "daemon/policy/outage_gate.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using Time = OutageGate::Time;

// Calls in the five minutes after a first failure, each failing after 100 ms.
int calls_in_five_minutes(double normal_per_second, double random) {
  OutageGate gate;
  int calls = 1;
  for (Time now = 1h; now < 1h + 5min; ++calls) {
    gate.failed(now + 100ms, 100ms, normal_per_second, random);
    now = gate.until();
  }
  return calls - 1;
}

TEST(OutageGate, IsOpenWithoutFailures) {
  const OutageGate gate;
  EXPECT_EQ(gate.failures(), 0U);
  EXPECT_FALSE(gate.holds(1h));
}

TEST(OutageGate, ASingleFailureIsTriedAgainSoon) {
  OutageGate gate;
  gate.failed(1h, 100ms, 1.0, 0.5);
  EXPECT_TRUE(gate.holds(1h));
  EXPECT_EQ(gate.until(), 1h + 500ms);
  EXPECT_FALSE(gate.holds(1h + 500ms));
}

TEST(OutageGate, AnOutageOfFiveMinutesTakesAQuarterOfTheNormalCalls) {
  for (const double random : {0.0, 0.5, 0.99}) {
    EXPECT_LE(calls_in_five_minutes(1.0, random), 75) << random;
    EXPECT_GE(calls_in_five_minutes(1.0, random), 60) << random;
    EXPECT_LE(calls_in_five_minutes(0.1, random), 8) << random;
    EXPECT_GE(calls_in_five_minutes(0.1, random), 5) << random;
  }
}

TEST(OutageGate, TheEndIsSeenInTimeWhateverTheRate) {
  for (const double normal : {1.0, 10.0, 1000.0}) {
    OutageGate gate;
    Time now = 1h;
    for (int i = 0; i < 100; ++i) {
      gate.failed(now, 10ms, normal, 0.999);
      EXPECT_LE(gate.until() - now, 4'400ms);
      now = gate.until() + 10ms;
    }
  }
}

TEST(OutageGate, TheLongestGapIsBounded) {
  OutageGate gate;
  Time now = 1h;
  for (int i = 0; i < 100; ++i) {
    gate.failed(now, 10ms, 0.0, 0.999);
    // Half of an unknown, very long distance comes first, cut to the longest.
    EXPECT_LE(gate.until() - now, OutageGate::kLongestGap * 1.02);
    now = gate.until() + 10ms;
  }
}

TEST(OutageGate, CallsThatWereUnderWayTogetherCountOnce) {
  OutageGate gate;
  gate.failed(1h, 1s, 1.0, 0.5);
  for (int i = 0; i < 30; ++i) gate.failed(1h + i * 10ms, 1s, 1.0, 0.5);
  EXPECT_EQ(gate.failures(), 1U);
  gate.failed(1h + 2s, 1s, 1.0, 0.5);
  EXPECT_EQ(gate.failures(), 2U);
}

TEST(OutageGate, GatewaysThatFailTogetherComeBackApart) {
  OutageGate early;
  OutageGate late;
  Time at_early = 1h;
  Time at_late = 1h;
  for (int i = 0; i < 4; ++i) {
    early.failed(at_early, 10ms, 1.0, 0.0);
    late.failed(at_late, 10ms, 1.0, 0.99);
    at_early = early.until() + 10ms;
    at_late = late.until() + 10ms;
  }
  EXPECT_GT(at_late - at_early, 2s);
}

TEST(OutageGate, AGoodAnswerOpensItAndTheNextFailureIsAFirstOne) {
  OutageGate gate;
  Time now = 1h;
  for (int i = 0; i < 5; ++i) {
    gate.failed(now, 10ms, 1.0, 0.5);
    now = gate.until() + 10ms;
  }
  gate.succeeded();
  EXPECT_FALSE(gate.holds(now));
  gate.failed(now, 10ms, 1.0, 0.5);
  EXPECT_EQ(gate.until(), now + 500ms);
}

}  // namespace
}  // namespace tidegate::policy
