#include "daemon/policy/reset_time.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::system_clock;

// 2026-01-02T03:04:05Z
constexpr std::int64_t kEpoch = 1'767'323'045;
const system_clock::time_point kNow{std::chrono::seconds(kEpoch)};

TEST(ParseSpan, ReadsGoDurationsAsOpenAiWritesThem) {
  EXPECT_EQ(parse_span("1s"), 1s);
  EXPECT_EQ(parse_span("6m0s"), 6min);
  EXPECT_EQ(parse_span("20ms"), 20ms);
  EXPECT_EQ(parse_span("120000ms"), 120s);
  EXPECT_EQ(parse_span("1h2m3.5s"), 3'723'500ms);
  EXPECT_EQ(parse_span("2m59.56s"), 179'560ms);
  EXPECT_EQ(parse_span(" 7.66s "), 7'660ms);
  EXPECT_EQ(parse_span("1ns"), 0ms);
  EXPECT_EQ(parse_span("300us"), 1ms) << "rounded up: never earlier than told";
  EXPECT_EQ(parse_span("1d"), 24h);
}

TEST(ParseSpan, ReadsSeconds) {
  EXPECT_EQ(parse_span("60"), 60s);
  EXPECT_EQ(parse_span("0"), 0ms);
  EXPECT_EQ(parse_span("1.5"), 1'500ms);
  EXPECT_EQ(parse_span("0.0001"), 1ms);
}

TEST(ParseSpan, IsBounded) {
  EXPECT_EQ(parse_span("999999999999999999999999"), kLongestReset);
  EXPECT_EQ(parse_span("999999999999999999999999h999999999999h"), kLongestReset);
  EXPECT_EQ(parse_span("99999d"), kLongestReset);
}

TEST(ParseSpan, LeavesOutWhatItCannotRead) {
  for (const auto* text : {"", " ", "-1", "1x", "s", "1s2", "1 s", "1.", ".5", "soon", "1s,2s", "1,5"})
    EXPECT_EQ(parse_span(text), std::nullopt) << text;
}

TEST(ParseRfc3339, ReadsMoments) {
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05Z"), kNow);
  EXPECT_EQ(parse_rfc3339("2026-01-02t03:04:05.250z"), kNow + 250ms);
  EXPECT_EQ(parse_rfc3339("2026-01-02 03:04:05.123456789Z"), kNow + 123'456us);
  EXPECT_EQ(parse_rfc3339("2026-01-02T05:04:05+02:00"), kNow);
  EXPECT_EQ(parse_rfc3339("2026-01-01T21:34:05-05:30"), kNow);
}

TEST(ParseRfc3339, LeavesOutWhatItCannotRead) {
  for (const auto* text :
       {"", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "2026-01-02T24:04:05Z",
        "2026-01-02T03:60:05Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05+02:60",
        "2026-01-02T03:04:05Zx", "2o26-01-02T03:04:05Z", "2026/01/02T03:04:05Z"})
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
}

TEST(ParseReset, KnowsSpansEpochsAndDates) {
  EXPECT_EQ(parse_reset("5", kNow), 5s);
  EXPECT_EQ(parse_reset("6m0s", kNow), 6min);
  EXPECT_EQ(parse_reset(std::to_string(kEpoch + 30), kNow), 30s) << "an epoch in seconds";
  EXPECT_EQ(parse_reset(std::to_string(kEpoch + 30) + ".5", kNow), 30'500ms);
  EXPECT_EQ(parse_reset(std::to_string((kEpoch + 30) * 1'000 + 250), kNow), 30'250ms) << "OpenRouter's, in ms";
  EXPECT_EQ(parse_reset("2026-01-02T03:05:05Z", kNow), 60s);
  EXPECT_EQ(parse_reset("Fri, 02 Jan 2026 03:04:15 GMT", kNow), 10s);
}

TEST(ParseReset, IsBoundedAndNeverNegative) {
  EXPECT_EQ(parse_reset(std::to_string(kEpoch - 30), kNow), 0ms);
  EXPECT_EQ(parse_reset("2025-01-02T03:05:05Z", kNow), 0ms);
  EXPECT_EQ(parse_reset("9999-12-31T23:59:60Z", kNow), kLongestReset);
  EXPECT_EQ(parse_reset("0000-01-01T00:00:00Z", kNow), 0ms);
  EXPECT_EQ(parse_reset("99999999999", kNow), kLongestReset);
  EXPECT_EQ(parse_reset("18446744073709551615", kNow), kLongestReset);
  for (const auto* text : {"", "later", "1767323045x", "99999999999999999999999999999999x"})
    EXPECT_EQ(parse_reset(text, kNow), std::nullopt) << text;
}

TEST(WaitInText, ReadsWhatOpenAiAndAzureWrite) {
  EXPECT_EQ(wait_in_text("Rate limit reached for gpt-4 … Please try again in 20s. Visit https://…"), 20s);
  EXPECT_EQ(wait_in_text("Please try again in 1m26.4s."), 86'400ms);
  EXPECT_EQ(wait_in_text("Please try again in 120ms."), 120ms);
  EXPECT_EQ(wait_in_text("have exceeded call rate limit … Please retry after 6 seconds. Please go here"), 6s);
  EXPECT_EQ(wait_in_text("Please Retry After 1 second."), 1s);
  EXPECT_EQ(wait_in_text("Please retry after 9999999 seconds."), kLongestReset);
}

TEST(WaitInText, LeavesOutTheRest) {
  for (const auto* text : {"", "try again in ", "try again in a moment", "retry after 6 apples", "retry after"})
    EXPECT_EQ(wait_in_text(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tidegate::policy
