#include "daemon/observe/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace tidegate::observe {
namespace {

TEST(Counters, CountEachRefusalUnderItsReason) {
  Counters counters;
  EXPECT_EQ(counters.refusals_for(ErrorCode::internal), 0U);
  counters.refused(ErrorCode::bad_request);
  counters.refused(ErrorCode::internal);
  counters.refused(ErrorCode::internal);
  EXPECT_EQ(counters.refusals_for(ErrorCode::bad_request), 1U);
  EXPECT_EQ(counters.refusals_for(ErrorCode::internal), 2U);
  EXPECT_EQ(counters.refusals_for(ErrorCode::queue_full), 0U);
}

// Fails when an ErrorCode is added after `internal`, which kErrorCodes takes for the last one.
TEST(Counters, HaveRoomForEveryErrorCode) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kErrorCodes; ++i) names.insert(error_info(static_cast<ErrorCode>(i)).code);
  EXPECT_TRUE(names.contains(error_info(ErrorCode::internal).code));
  EXPECT_TRUE(names.contains(error_info(ErrorCode::reload_failed).code));
}

}  // namespace
}  // namespace tidegate::observe
