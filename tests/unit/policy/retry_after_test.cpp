#include "daemon/policy/retry_after.h"

#include <string>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's own example.
constexpr std::chrono::sys_seconds kExample{784111777s};

std::optional<milliseconds> parsed(std::string_view ms, std::string_view seconds) {
  return parse_retry_after(ms, seconds, kExample);
}

struct NumberCase {
  const char* ms;
  const char* seconds;
  std::optional<milliseconds> expected;
};

class RetryAfterNumbers : public testing::TestWithParam<NumberCase> {};

TEST_P(RetryAfterNumbers, AreRead) {
  const auto& [ms, seconds, expected] = GetParam();
  EXPECT_EQ(parsed(ms, seconds), expected) << "'" << ms << "' '" << seconds << "'";
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryAfterNumbers,
    testing::Values(
        NumberCase{"", "", std::nullopt}, NumberCase{"", "0", 0ms}, NumberCase{"", "7", 7s}, NumberCase{"", " 7\t", 7s},
        NumberCase{"", "1.5", 1500ms}, NumberCase{"", "0.0001", 1ms},
        NumberCase{"", "0.00000000000000000000000000009", 0ms}, NumberCase{"", "2.", 2s}, NumberCase{"250", "", 250ms},
        NumberCase{"250.4", "", 251ms}, NumberCase{"0", "9", 0ms},
        // The finer field is stronger; where it cannot be read, the other one counts.
        NumberCase{"250", "9", 250ms}, NumberCase{"soon", "9", 9s}, NumberCase{"-1", "9", 9s},
        NumberCase{"", "-5", std::nullopt}, NumberCase{"", "+5", std::nullopt}, NumberCase{"", ".5", std::nullopt},
        NumberCase{"", "1.5.2", std::nullopt}, NumberCase{"", "1e3", std::nullopt}, NumberCase{"", "1,5", std::nullopt},
        NumberCase{"", "0x10", std::nullopt}, NumberCase{"", "inf", std::nullopt}, NumberCase{"", "soon", std::nullopt},
        // Never more than a day, whatever the size of the number.
        NumberCase{"", "86400", 24h}, NumberCase{"", "86401", 24h}, NumberCase{"", "18446744073709551615", 24h},
        NumberCase{"", "9223372036854775807.9", 24h}, NumberCase{"18446744073709551615", "", 24h},
        NumberCase{"86400000.9", "", 24h}, NumberCase{"", "99999999999999999999999", std::nullopt}));

TEST(HttpDate, AllThreeFormsGiveTheSameInstant) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), kExample);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), kExample);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), kExample);
}

TEST(HttpDate, KnowsLeapYearsCenturiesAndTheLeapSecond) {
  EXPECT_EQ(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT"), std::chrono::sys_seconds(951782400s));
  EXPECT_EQ(parse_http_date("Wed, 29 Feb 2023 00:00:00 GMT"), std::nullopt);
  EXPECT_EQ(parse_http_date("Saturday, 31-Dec-16 23:59:60 GMT"), std::chrono::sys_seconds(1483228800s));
  EXPECT_EQ(parse_http_date("Thursday, 01-Jan-70 00:00:00 GMT"), std::chrono::sys_seconds(0s));
}

TEST(HttpDate, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT and more words", "Sun, 4294967302 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov x 08:49:37 GMT", "2026-11-22T18:00:00Z"})
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(RetryAfterDate, IsTheTimeFromNow) {
  EXPECT_EQ(parsed("", "Sun, 06 Nov 1994 08:50:37 GMT"), 60s);
  EXPECT_EQ(parsed("", "Sun, 06 Nov 1994 08:48:37 GMT"), 0s) << "a date that has passed is no negative wait";
  EXPECT_EQ(parsed("", "Sun, 13 Nov 1994 08:49:37 GMT"), 24h);
  EXPECT_EQ(parse_retry_after("", "Sun, 06 Nov 1994 08:49:38 GMT", kExample + 250ms), 750ms);
}

TEST(RetryAfterDate, FarAwayYearsDoNotOverflow) {
  EXPECT_EQ(parsed("", "Fri, 31 Dec 9999 23:59:59 GMT"), 24h);
  EXPECT_EQ(parsed("", "Fri, 31 Dec 99999999999 23:59:59 GMT"), 24h);
  EXPECT_EQ(parsed("", "Sat, 01 Jan 0100 00:00:00 GMT"), 0s);
}

}  // namespace
}  // namespace tidegate::policy
