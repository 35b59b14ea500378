#include "daemon/policy/rate_limit_fields.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'767'323'045)};

RateHints read(const RateLimitFields& fields) {
  RateHints hints;
  read_rate_limit_fields(fields, kNow, hints);
  return hints;
}

TEST(RateLimitFields, Draft08AndLater) {
  const auto hints = read({.rate_limit = R"("default";r=50;t=30)", .policy = R"("default";q=100;w=60)"});
  EXPECT_EQ(hints.requests, (RateHint{100, 50, 30s, 60s}));
}

TEST(RateLimitFields, OfSeveralPoliciesTheNearestToItsEndCounts) {
  const auto hints = read({.rate_limit = R"("day";r=900;t=8000, "minute";r=2;t=11;pk=:dXNlcg==:)",
                           .policy = R"("minute";q=100;w=60,"day";q=1000;w=86400)"});
  EXPECT_EQ(hints.requests, (RateHint{100, 2, 11s, 60s}));
}

TEST(RateLimitFields, UnitsDivideRequestsFromTokens) {
  const auto hints =
      read({.rate_limit = R"("r";r=5;t=1, "t";r=7;t=2, "b";r=0;t=9)",
            .policy = R"("r";q=10;w=60;qu="requests", "t";q=70;w=60;qu="tokens", "b";q=1;w=60;qu="content-bytes")"});
  EXPECT_EQ(hints.requests, (RateHint{10, 5, 1s, 60s}));
  EXPECT_EQ(hints.tokens, (RateHint{70, 7, 2s, 60s}));
}

TEST(RateLimitFields, ALimitWithoutAPolicyAndAPolicyWithoutALimit) {
  EXPECT_EQ(read({.rate_limit = R"("x";r=3;t=4)"}).requests, (RateHint{std::nullopt, 3, 4s, std::nullopt}));
  EXPECT_EQ(read({.policy = R"("x";q=30;w=60)"}).requests, (RateHint{30, std::nullopt, std::nullopt, 60s}));
}

TEST(RateLimitFields, Draft07IsADictionary) {
  const auto hints = read({.rate_limit = "limit=100, remaining=50, reset=5", .policy = "100;w=10"});
  EXPECT_EQ(hints.requests, (RateHint{100, 50, 5s, 10s}));
}

TEST(RateLimitFields, Draft06HasThreeFields) {
  auto hints = read({.limit = "100, 1000;w=3600, 100;w=60", .remaining = "9", .reset = "6"});
  EXPECT_EQ(hints.requests, (RateHint{100, 9, 6s, 60s}));
  hints = read({.policy = "100;w=10", .limit = "100", .remaining = "0", .reset = "1767323055"});
  EXPECT_EQ(hints.requests, (RateHint{100, 0, 10s, 10s})) << "GitLab writes the reset as an epoch";
}

TEST(RateLimitFields, NeitherRubbishNorMassesHarm) {
  for (const auto* text : {"", ",", ";;;", "\"", "\"a;r=1", "=", "r=", "a;r", "a;r=x;t=y", "limit=x", "limit"})
    EXPECT_EQ(read({.rate_limit = text, .policy = text}), RateHints{}) << text;
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "\"n" + std::to_string(i) + "\";r=" + std::to_string(20'000 - i) + ",";
  EXPECT_EQ(read({.rate_limit = many}).requests.remaining, 20'000U - (kMaxRateLimitItems - 1));
}

TEST(RateLimitFields, TheNearerOneIsKept) {
  RateHint kept;
  keep_nearest(kept, {});
  EXPECT_TRUE(kept.empty());
  keep_nearest(kept, {10, std::nullopt, std::nullopt, std::nullopt});
  EXPECT_EQ(kept.limit, 10U);
  keep_nearest(kept, {20, 5, std::nullopt, std::nullopt});
  EXPECT_EQ(kept.limit, 20U) << "one that tells what remains says more";
  keep_nearest(kept, {30, 6, std::nullopt, std::nullopt});
  EXPECT_EQ(kept.limit, 20U);
  keep_nearest(kept, {40, 4, std::nullopt, std::nullopt});
  EXPECT_EQ(kept.limit, 40U);
}

}  // namespace
}  // namespace tidegate::policy
