// Interactive before background, and nothing starves.
#include <gtest/gtest.h>

#include "tests/unit/policy/fair_queue_fixture.h"

namespace tidegate::policy {
namespace {

struct FairQueuePriorityTest : testing::Test, FairQueueBench {
  int background_turns(int turns) {
    int background = 0;
    for (int i = 0; i < turns; ++i)
      if (turn()->priority == Priority::background) ++background;
    return background;
  }
};

TEST_F(FairQueuePriorityTest, AnInteractiveRequestGoesBeforeAThousandInTheBackground) {
  ask_many(1'000, "batch", "", 1000, Priority::background);
  for (int i = 0; i < 100; ++i) {
    turn();
    EXPECT_EQ(turns_until(ask("single" + std::to_string(i))), 1) << i;
  }
}

TEST_F(FairQueuePriorityTest, AlsoThoseOfTheSameClient) {
  ask_many(1'000, "a", "", 1, Priority::background);
  turn();
  EXPECT_EQ(turns_until(ask("a")), 1);
}

TEST_F(FairQueuePriorityTest, BackgroundWorkHasOneTurnInTenWhileOthersAreBusy) {
  ask_many(10'000, "busy");
  ask_many(1'000, "batch", "", 1, Priority::background);
  EXPECT_EQ(background_turns(1'000), 1'000 / static_cast<int>(FairQueue::kBackgroundTurn));
}

TEST_F(FairQueuePriorityTest, AndOneInTwentyWhateverComes) {
  ask_many(1'000, "batch", "", 1, Priority::background);
  int background = 0;
  for (int i = 0; i < 1'000; ++i) {
    ask("new" + std::to_string(2 * i));
    ask("new" + std::to_string(2 * i + 1));
    background += background_turns(1);
  }
  EXPECT_EQ(background, 1'000 / (2 * static_cast<int>(FairQueue::kBackgroundTurn)));
}

// The share of background work is paid by those who have many waiting.
TEST_F(FairQueuePriorityTest, ASingleRequestDoesNotWaitForTheShareOfTheBackground) {
  ask_many(10'000, "busy");
  ask_many(1'000, "batch", "", 1, Priority::background);
  for (int before = 0; before < 100; ++before) {
    turn();
    EXPECT_EQ(turns_until(ask("single" + std::to_string(before))), 1) << before;
  }
}

TEST_F(FairQueuePriorityTest, AloneItHasAllTurnsAndSavesNoneUp) {
  ask_many(100, "batch", "", 1, Priority::background);
  EXPECT_EQ(background_turns(50), 50);
  ask_many(100, "busy");
  EXPECT_EQ(background_turns(9), 0);
  EXPECT_EQ(background_turns(1), 1);
}

TEST_F(FairQueuePriorityTest, ALongSpellOfInteractiveWorkGivesTheBackgroundNoClaim) {
  ask_many(200, "busy");
  EXPECT_EQ(background_turns(100), 0);
  ask_many(10, "batch", "", 1, Priority::background);
  EXPECT_EQ(background_turns(9), 0);
  EXPECT_EQ(background_turns(1), 1);
}

TEST_F(FairQueuePriorityTest, BackgroundWorkIsFairToo) {
  ask_many(1'000, "a", "", 1, Priority::background);
  turn();
  EXPECT_EQ(turns_until(ask("b", "", 1, Priority::background)), 1);
}

TEST_F(FairQueuePriorityTest, WhatMayNotGoLeavesItsTurnToTheOtherClass) {
  ask_many(10, "a");
  auto& background = ask("b", "", 1, Priority::background);
  const auto not_a = [](const FairQueue::Entry& entry) { return static_cast<const Asked&>(entry).client != "a"; };
  EXPECT_EQ(queue.pop(not_a), &background);
  EXPECT_EQ(queue.pop(not_a), nullptr);
  EXPECT_EQ(priority_name(Priority::interactive), "interactive");
  EXPECT_EQ(priority_name(Priority::background), "background");
}

}  // namespace
}  // namespace tidegate::policy
