#include "daemon/policy/verdict.h"

#include <set>

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

TEST(Verdict, EachClassHasAName) {
  std::set<std::string_view> names;
  for (int value = 0; value <= static_cast<int>(FailureClass::final); ++value)
    names.insert(class_name(static_cast<FailureClass>(value)));
  EXPECT_EQ(names.size(), 6U);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_EQ(class_name(FailureClass::pause_upstream), "pause_upstream");
}

TEST(Verdict, EachReasonHasAName) {
  std::set<std::string_view> names;
  for (int value = 0; value <= static_cast<int>(Reason::other); ++value)
    names.insert(reason_name(static_cast<Reason>(value)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Reason::other) + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_EQ(reason_name(Reason::no_channel), "no_channel");
}

TEST(Verdict, OnlyPassingTroublesAreRepeated) {
  EXPECT_TRUE(passing(FailureClass::retry_now));
  EXPECT_TRUE(passing(FailureClass::retry_after));
  EXPECT_TRUE(passing(FailureClass::pause_upstream));
  EXPECT_FALSE(passing(FailureClass::park));
  EXPECT_FALSE(passing(FailureClass::final));
  EXPECT_FALSE(passing(FailureClass::success));
}

}  // namespace
}  // namespace tidegate::policy
