#include "daemon/observe/truncation.h"

#include <gtest/gtest.h>
#include <set>

namespace tidegate::observe {
namespace {

TEST(Truncation, EachReasonHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t reason = 0; reason < kTruncations; ++reason)
    names.insert(to_string(static_cast<Truncation>(reason)));
  EXPECT_EQ(names.size(), kTruncations);
  EXPECT_EQ(to_string(Truncation::none), "");
  EXPECT_EQ(to_string(static_cast<Truncation>(kTruncations)), "");
}

}  // namespace
}  // namespace tidegate::observe
