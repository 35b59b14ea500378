#include "cli/moment.h"

#include <cstdlib>
#include <ctime>
#include <limits>

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

using namespace std::chrono_literals;

Moment moment_of(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

TEST(ParseRfc3339, ReadsUtcFractionsAndOffsets) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), moment_of(0));
  EXPECT_EQ(parse_rfc3339("2026-07-01T12:00:03Z"), moment_of(1'782'907'203));
  EXPECT_EQ(parse_rfc3339("2026-07-01T12:00:03.987654Z"), moment_of(1'782'907'203));
  EXPECT_EQ(parse_rfc3339("2026-07-01T14:00:03+02:00"), moment_of(1'782'907'203));
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), moment_of(1'709'164'800));
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const char* text :
       {"", "now", "2026-07-01", "2026-07-01T12:00:03", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
        "2026-07-01T24:00:00Z", "2026-07-01T12:60:00Z", "2026-07-01T12:00:61Z", "2026-07-01T12:00:03Zx",
        "2026-7-01T12:00:03Z", "2026-07-01T12:00:03+2"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Ago, UsesTheUnitThatFits) {
  const auto now = moment_of(1'000'000);
  EXPECT_EQ(ago(now, now), "just now");
  EXPECT_EQ(ago(now + 5min, now), "just now");
  EXPECT_EQ(ago(now - 2s, now), "2 s ago");
  EXPECT_EQ(ago(now - 59s, now), "59 s ago");
  EXPECT_EQ(ago(now - 60s, now), "1 min ago");
  EXPECT_EQ(ago(now - 250s, now), "4 min 10 s ago");
  EXPECT_EQ(ago(now - 124h, now), "5 d 4 h ago");
}

TEST(ClockTime, TellsTheDateOnlyOfAnotherDay) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const auto now = moment_of(1'782'907'203);
  EXPECT_EQ(clock_time(now, now), "12:00:03");
  EXPECT_EQ(clock_time(now - 13h, now), "2026-06-30 23:00:03");
  EXPECT_EQ(ago_at(now - 2s, now), "2 s ago (12:00:01)");
}

TEST(HumanMs, RoundsToWhatMatters) {
  EXPECT_EQ(human_ms(0), "0 ms");
  EXPECT_EQ(human_ms(3.44), "3.4 ms");
  EXPECT_EQ(human_ms(212.4), "212 ms");
  EXPECT_EQ(human_ms(1'200), "1.2 s");
  EXPECT_EQ(human_ms(-5), "0 ms");
  EXPECT_EQ(human_ms(std::numeric_limits<double>::quiet_NaN()), "0 ms");
  EXPECT_EQ(human_ms(1e300), human_ms(1e13));
}

}  // namespace
}  // namespace tidegate::cli
