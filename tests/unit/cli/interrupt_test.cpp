#include "cli/interrupt.h"

#include <csignal>

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(Interrupt, TheFirstCtrlCOnlySetsTheFlag) {
  const InterruptGuard guard;
  EXPECT_FALSE(interrupted());
  std::raise(SIGINT);
  EXPECT_TRUE(interrupted());
}

TEST(Interrupt, TheSecondOneAndOneOutsideEndTheProgram) {
  EXPECT_EXIT(
      {
        const InterruptGuard guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT(
      {
        {
          const InterruptGuard guard;
        }
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace tidegate::cli
