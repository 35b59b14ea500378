#include "daemon/policy/rate_hints.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Headers = std::vector<Header>;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'767'323'045)};  // 2026-01-02T03:04:05Z

RateHint hint(std::uint64_t limit, std::uint64_t remaining, milliseconds reset) {
  return {limit, remaining, reset, std::nullopt};
}

TEST(RateHints, OpenAi) {
  const auto hints = parse_rate_hints({{"x-ratelimit-limit-requests", "60"},
                                       {"x-ratelimit-remaining-requests", "59"},
                                       {"x-ratelimit-reset-requests", "1s"},
                                       {"x-ratelimit-limit-tokens", "150000"},
                                       {"x-ratelimit-remaining-tokens", "149984"},
                                       {"x-ratelimit-reset-tokens", "6m0s"}},
                                      kNow);
  EXPECT_EQ(hints.requests, hint(60, 59, 1s));
  EXPECT_EQ(hints.tokens, hint(150'000, 149'984, 6min));
}

TEST(RateHints, Anthropic) {
  const auto hints = parse_rate_hints({{"Anthropic-RateLimit-Requests-Limit", "50"},
                                       {"anthropic-ratelimit-requests-remaining", "0"},
                                       {"anthropic-ratelimit-requests-reset", "2026-01-02T03:04:35Z"},
                                       {"anthropic-ratelimit-input-tokens-limit", "40000"},
                                       {"anthropic-ratelimit-input-tokens-remaining", "39000"},
                                       {"anthropic-ratelimit-input-tokens-reset", "2026-01-02T03:04:06Z"},
                                       {"anthropic-ratelimit-output-tokens-limit", "8000"},
                                       {"anthropic-ratelimit-output-tokens-remaining", "100"},
                                       {"anthropic-ratelimit-output-tokens-reset", "2026-01-02T03:05:04Z"}},
                                      kNow);
  EXPECT_EQ(hints.requests, hint(50, 0, 30s));
  EXPECT_EQ(hints.tokens, hint(8'000, 100, 59s)) << "the one that is nearest to being used up";
}

TEST(RateHints, OpenRouterWritesTheResetAsMilliseconds) {
  const auto hints = parse_rate_hints(
      {{"X-RateLimit-Limit", "20"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1767323060000"}}, kNow);
  EXPECT_EQ(hints.requests, hint(20, 0, 15s));
  EXPECT_TRUE(hints.tokens.empty());
}

TEST(RateHints, Together) {
  const auto hints = parse_rate_hints({{"x-ratelimit-limit", "10.0"},
                                       {"x-ratelimit-remaining", "9"},
                                       {"x-ratelimit-reset", "1"},
                                       {"x-tokenlimit-limit", "30000"},
                                       {"x-tokenlimit-remaining", "29876"}},
                                      kNow);
  EXPECT_EQ(hints.requests, hint(10, 9, 1s));
  EXPECT_EQ(hints.tokens.limit, 30'000U);
  EXPECT_EQ(hints.tokens.remaining, 29'876U);
  EXPECT_EQ(hints.tokens.reset_after, std::nullopt);
}

TEST(RateHints, IetfFieldsAreReadToo) {
  const auto hints =
      parse_rate_hints({{"RateLimit-Policy", "\"minute\";q=100;w=60"}, {"RateLimit", "\"minute\";r=50;t=30"}}, kNow);
  EXPECT_EQ(hints.requests, (RateHint{100, 50, 30s, 60s}));
  EXPECT_EQ(parse_rate_hints({{"RateLimit-Remaining", "3"}}, kNow).requests.remaining, 3U);
}

TEST(RateHints, WhatIsMissingOrUnreadableIsAbsent) {
  EXPECT_EQ(parse_rate_hints({}, kNow), RateHints{});
  EXPECT_EQ(parse_rate_hints({{"content-type", "application/json"}}, kNow), RateHints{});
  const auto hints = parse_rate_hints({{"x-ratelimit-limit-requests", "many"},
                                       {"x-ratelimit-remaining-requests", "-1"},
                                       {"x-ratelimit-reset-requests", "soon"},
                                       {"x-ratelimit-remaining-tokens", "99999999999999999999999"},
                                       {"x-ratelimit-reset-tokens", ""}},
                                      kNow);
  EXPECT_EQ(hints, RateHints{});
}

TEST(AskedWait, TheFieldsComeFirst) {
  ErrorFacts body;
  body.resets_in = "30";
  EXPECT_EQ(asked_wait({{"Retry-After", "7"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "60"}}, body, kNow),
            7s);
  EXPECT_EQ(asked_wait({{"Retry-After", "7"}, {"retry-after-ms", "1500"}}, body, kNow), 1'500ms);
  EXPECT_EQ(asked_wait({{"Retry-After", "soon"}}, body, kNow), 30s);
}

TEST(AskedWait, ThenWhatTheBodyNames) {
  ErrorFacts body;
  body.resets_at = "1767323055";
  EXPECT_EQ(asked_wait({}, body, kNow), 10s);
  body.resets_at = "2026-01-02T03:04:25Z";
  EXPECT_EQ(asked_wait({}, body, kNow), 20s);
  body.resets_at = "2027-01-02T03:04:25Z";
  EXPECT_EQ(asked_wait({}, body, kNow), 24h);
  body.resets_at.clear();
  body.text = "Rate limit reached. Please try again in 3s.";
  EXPECT_EQ(asked_wait({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "60"}}, body, kNow), 3s);
}

TEST(AskedWait, ThenTheResetOfALimitThatIsUsedUp) {
  const Headers both{{"x-ratelimit-remaining-requests", "0"},
                     {"x-ratelimit-reset-requests", "2s"},
                     {"x-ratelimit-remaining-tokens", "0"},
                     {"x-ratelimit-reset-tokens", "9s"}};
  EXPECT_EQ(asked_wait(both, {}, kNow), 9s);
  EXPECT_EQ(asked_wait({both[0], both[1]}, {}, kNow), 2s);
  EXPECT_EQ(asked_wait({{"x-ratelimit-remaining", "5"}, {"x-ratelimit-reset", "60"}}, {}, kNow), std::nullopt);
  EXPECT_EQ(asked_wait({{"x-ratelimit-remaining", "0"}}, {}, kNow), std::nullopt);
  EXPECT_EQ(asked_wait({}, {}, kNow), std::nullopt);
}

}  // namespace
}  // namespace tidegate::policy
