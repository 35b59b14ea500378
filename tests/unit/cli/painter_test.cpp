#include "cli/painter.h"

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(Painter, PaintsOnlyWhenOn) {
  EXPECT_EQ(Painter(true)(Tone::good, "x"), "\x1b[32mx\x1b[0m");
  EXPECT_EQ(Painter(true)(Tone::plain, "x"), "x");
  EXPECT_EQ(Painter(true)(Tone::bad, ""), "");
  EXPECT_EQ(Painter(false)(Tone::bad, "x"), "x");
}

}  // namespace
}  // namespace tidegate::cli
