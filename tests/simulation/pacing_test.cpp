// The part of the pacing table that takes seconds, held to its aims. `pacing_simulation` prints the whole table.
#include <gtest/gtest.h>

#include "tests/simulation/simulation.h"
#include "tests/simulation/table.h"

namespace tidegate::simulation {
namespace {

using std::chrono::minutes;

constexpr Limiter kLimiters[] = {Limiter::token_bucket, Limiter::fixed_window, Limiter::sliding_window};
constexpr Knowledge kKnown[] = {Knowledge::configured, Knowledge::retry_after, Knowledge::headers, Knowledge::silent};

Scenario scenario(std::uint32_t gateways, double per_minute, Limiter limiter, Knowledge knowledge,
                  Trouble trouble = Trouble::none) {
  return {gateways, per_minute, limiter, knowledge, trouble, 1.5, minutes(30), 1};
}

TEST(Pacing, OneGatewayReachesTheAimsAtEachLimiterAndEachWayOfBeingTold) {
  for (const auto limiter : kLimiters)
    for (const auto knowledge : kKnown) {
      const auto each = scenario(1, 60, limiter, knowledge);
      const auto figures = simulate(each);
      EXPECT_EQ(missed(each, figures), "") << row(each, figures);
    }
}

TEST(Pacing, AHundredGatewaysThatKnowNothingOfEachOtherReachTheAims) {
  for (const auto limiter : kLimiters)
    for (const auto knowledge : {Knowledge::configured, Knowledge::retry_after, Knowledge::silent}) {
      const auto each = scenario(100, 60, limiter, knowledge);
      const auto figures = simulate(each);
      EXPECT_EQ(missed(each, figures), "") << row(each, figures);
    }
}

TEST(Pacing, AThousandSlowGatewaysFillTheLimitWithFewRefusals) {
  auto each = scenario(1'000, 6, Limiter::fixed_window, Knowledge::silent);
  each.measured = minutes(20);
  const auto figures = simulate(each);
  EXPECT_EQ(missed(each, figures), "") << row(each, figures);
}

TEST(Pacing, AnOutageIsProbedGentlyAndItsEndIsSeenWithoutAHerd) {
  for (const std::uint32_t gateways : {1U, 100U}) {
    const auto each = scenario(gateways, 60, Limiter::sliding_window, Knowledge::silent, Trouble::outage);
    const auto figures = simulate(each);
    EXPECT_EQ(missed(each, figures), "") << row(each, figures);
  }
}

TEST(Pacing, ComingAndGoingGatewaysKeepTheLimitFilled) {
  for (const auto limiter : kLimiters) {
    const auto each = scenario(100, 60, limiter, Knowledge::silent, Trouble::churn);
    const auto figures = simulate(each);
    EXPECT_GE(figures.useful, 0.85) << row(each, figures);
    EXPECT_LE(figures.refused, 0.05) << row(each, figures);
    EXPECT_EQ(figures.lost, 0U) << row(each, figures);
  }
}

// What the aims are measured against: if this ever passes them, the simulation has become too kind to mean anything.
TEST(Pacing, TheSimulationIsHardOnTodaysRetries) {
  for (const auto limiter : kLimiters) {
    const auto figures = simulate(scenario(10, 60, limiter, Knowledge::sdk));
    EXPECT_GT(figures.refused, 0.5);
    EXPECT_GT(figures.lost, 1000U);
  }
}

TEST(Pacing, TheSameScenarioGivesTheSameFigures) {
  const auto each = scenario(10, 60, Limiter::token_bucket, Knowledge::silent);
  const auto first = simulate(each);
  const auto second = simulate(each);
  EXPECT_EQ(first.calls, second.calls);
  EXPECT_EQ(row(each, first), row(each, second));
}

TEST(Pacing, AMissedAimIsNamed) {
  const auto each = scenario(1, 60, Limiter::token_bucket, Knowledge::silent, Trouble::outage);
  Figures figures{1.0, 0.0, 1.0, 0, 0, Figures::Outage{0.2, 1.0, 1.5, 1.0}};
  EXPECT_EQ(missed(each, figures), "");
  figures = {0.8, 0.06, 0.9, 1, 0, Figures::Outage{0.3, 6.0, 2.5, 1.0}};
  EXPECT_EQ(missed(each, figures), "useful, 429, fairness, lost, calls in the outage, first good answer, peak");
}

}  // namespace
}  // namespace tidegate::simulation
