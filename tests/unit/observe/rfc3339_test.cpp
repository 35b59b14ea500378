#include "daemon/observe/rfc3339.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

using namespace std::chrono;

system_clock::time_point at(sys_days day, milliseconds time) {
  return system_clock::time_point(duration_cast<system_clock::duration>(day.time_since_epoch() + time));
}

TEST(Rfc3339, WritesDateTimeAndMilliseconds) {
  EXPECT_EQ(rfc3339(at(2026y / January / 2, 3h + 4min + 5s + 678ms)), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(rfc3339(system_clock::time_point{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(at(2024y / February / 29, 23h + 59min + 59s + 999ms)), "2024-02-29T23:59:59.999Z");
}

TEST(Rfc3339, RoundsDownAlsoBeforeTheEpoch) {
  EXPECT_EQ(rfc3339(system_clock::time_point(duration_cast<system_clock::duration>(999us))),
            "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(system_clock::time_point(duration_cast<system_clock::duration>(-1us))), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ExtremesStayInShape) {
  EXPECT_EQ(rfc3339(system_clock::time_point::max()).size(), 24U);
  EXPECT_EQ(rfc3339(system_clock::time_point::min()).size(), 24U);
}

}  // namespace
}  // namespace tidegate::observe
