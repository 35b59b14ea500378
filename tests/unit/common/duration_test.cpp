#include "common/duration.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, ReadsEachUnitAndBareMilliseconds) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("30s"), seconds(30));
  EXPECT_EQ(parse_duration("10m"), minutes(10));
  EXPECT_EQ(parse_duration("24h"), hours(24));
  EXPECT_EQ(parse_duration("30000"), seconds(30));
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text :
       {"", "s", "ms", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1d", "1h30m", "1sec", "0x1s"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, EndsAtTenYearsInEveryUnit) {
  constexpr hours kTenYears{10 * 365 * 24};
  EXPECT_EQ(parse_duration("87600h"), kTenYears);
  EXPECT_EQ(parse_duration("87601h"), std::nullopt);
  EXPECT_EQ(parse_duration("5256000m"), kTenYears);
  EXPECT_EQ(parse_duration("5256001m"), std::nullopt);
  EXPECT_EQ(parse_duration("315360000s"), kTenYears);
  EXPECT_EQ(parse_duration("315360001s"), std::nullopt);
  EXPECT_EQ(parse_duration("315360000000"), kTenYears);
  EXPECT_EQ(parse_duration("315360000001"), std::nullopt);
  // These overflow 64 bits once multiplied, and already as a number.
  EXPECT_EQ(parse_duration("18446744073709551615h"), std::nullopt);
  EXPECT_EQ(parse_duration("18446744073709551616ms"), std::nullopt);
}

TEST(Duration, FormatsTheShortestExactSpelling) {
  EXPECT_EQ(format_duration(milliseconds(0)), "0ms");
  EXPECT_EQ(format_duration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(format_duration(seconds(90)), "90s");
  EXPECT_EQ(format_duration(minutes(90)), "90m");
  EXPECT_EQ(format_duration(hours(24)), "24h");
}

TEST(Duration, ReadsBackWhatItFormats) {
  for (const std::int64_t ms :
       {0LL, 1LL, 999LL, 1'000LL, 59'999LL, 60'000LL, 3'600'000LL, 86'400'001LL, 315'360'000'000LL})
    EXPECT_EQ(parse_duration(format_duration(milliseconds(ms))), milliseconds(ms));
}

TEST(Duration, SpeaksToPeopleInTwoUnits) {
  EXPECT_EQ(human_duration(milliseconds(0)), "0 ms");
  EXPECT_EQ(human_duration(milliseconds(340)), "340 ms");
  EXPECT_EQ(human_duration(milliseconds(999)), "999 ms");
  EXPECT_EQ(human_duration(milliseconds(1'000)), "1.0 s");
  EXPECT_EQ(human_duration(milliseconds(1'240)), "1.2 s");
  EXPECT_EQ(human_duration(seconds(60)), "1 min");
  EXPECT_EQ(human_duration(seconds(250)), "4 min 10 s");
  EXPECT_EQ(human_duration(minutes(182)), "3 h 2 min");
  EXPECT_EQ(human_duration(hours(24)), "1 d");
  EXPECT_EQ(human_duration(hours(124)), "5 d 4 h");
}

TEST(Duration, NeverSaysSixtySeconds) { EXPECT_EQ(human_duration(milliseconds(59'999)), "59.9 s"); }

}  // namespace
}  // namespace tidegate
