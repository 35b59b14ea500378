#include "cli/output.h"

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(Output, PrintLineEndsTheLineOnce) {
  testing::internal::CaptureStdout();
  print_line("a");
  print_line("b\n");
  print("c");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a\nb\nc");
}

TEST(Output, ComplainsInOneLine) {
  testing::internal::CaptureStderr();
  complain("no daemon");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "tidegate: no daemon\n");
}

}  // namespace
}  // namespace tidegate::cli
