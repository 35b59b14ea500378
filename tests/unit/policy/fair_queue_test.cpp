// Who goes next: the order between clients and sessions, the way of those that come back or leave, positions.
#include "daemon/policy/fair_queue.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/policy/fair_queue_fixture.h"

namespace tidegate::policy {
namespace {

struct FairQueueTest : testing::Test, FairQueueBench {};

TEST_F(FairQueueTest, OneSessionGoesInTheOrderOfItsArrival) {
  ask_many(100, "a", "s");
  for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_EQ(turn()->arrival, i);
  EXPECT_EQ(turn(), nullptr);
  EXPECT_TRUE(queue.empty());
}

TEST_F(FairQueueTest, ASingleRequestWaitsForNoneOfAThousandOfAnotherClient) {
  ask_many(1'001, "busy");
  turn();  // under way
  EXPECT_EQ(turns_until(ask("single")), 1);
}

TEST_F(FairQueueTest, NorWhenItComesAgainAndAgain) {
  ask_many(1'001, "busy");
  turn();
  for (int i = 0; i < 100; ++i) EXPECT_LE(turns_until(ask("single")), 2) << i;  // one of the other's between two of one
}

TEST_F(FairQueueTest, WhateverTheWeights) {
  for (const auto& [busy, single] : {std::pair(1000U, 1U), {100U, 1U}, {7U, 3U}, {1U, 1U}, {1U, 1000U}}) {
    FairQueueBench bench;
    bench.ask_many(1'000, "busy", "", busy);
    for (int before = 1; before < 50; ++before) {
      bench.turn();
      const auto name = "single" + std::to_string(before);
      EXPECT_EQ(bench.turns_until(bench.ask(name, "", single)), 1) << busy << " " << single << " " << before;
    }
  }
}

TEST_F(FairQueueTest, ASingleOneOfEachOfAHundredClientsGoesBeforeTheFlood) {
  ask_many(1'000, "busy");
  turn();
  std::vector<Asked*> singles;
  for (int i = 0; i < 99; ++i) singles.push_back(&ask("c" + std::to_string(i)));
  for (auto* single : singles) EXPECT_EQ(turn(), single);
  EXPECT_EQ(turn()->client, "busy");
}

TEST_F(FairQueueTest, ASingleOneGoesBeforeAHundredFloods) {
  for (int i = 0; i < 50; ++i)
    for (int client = 0; client < 99; ++client) ask("c" + std::to_string(client), "", 1 + client % 5U);
  clients_of(150);
  EXPECT_EQ(turns_until(ask("single")), 1);
}

TEST_F(FairQueueTest, NoClientEverHasTwoTurnsBeforeASingleOne) {
  for (int i = 0; i < 50; ++i)
    for (int client = 0; client < 99; ++client) ask("c" + std::to_string(client), "", 1 + client % 5U);
  int waited = 0;
  for (int singles = 0; singles < 200; ++singles) {
    turn();
    const auto& single = ask("single" + std::to_string(singles));
    std::set<std::string> before;
    for (const auto* next = turn(); next != &single; next = turn(), ++waited)
      ASSERT_TRUE(before.insert(next->client).second) << next->client << " before single " << singles;
  }
  EXPECT_LE(waited, 1'000) << "and mostly none has one";
}

TEST_F(FairQueueTest, FloodsShareByTheirWeights) {
  ask_many(2'000, "a", "", 1);
  ask_many(2'000, "b", "", 3);
  ask_many(2'000, "c", "", 6);
  std::map<std::string, int> turns;
  for (int i = 0; i < 1'000; ++i) ++turns[turn()->client];
  EXPECT_NEAR(turns["a"], 100, 2);
  EXPECT_NEAR(turns["b"], 300, 2);
  EXPECT_NEAR(turns["c"], 600, 2);
}

TEST_F(FairQueueTest, AWeightOutOfRangeCountsAsTheNearest) {
  ask_many(200, "a", "", 0);
  ask_many(200, "b", "", 1);
  EXPECT_EQ(turns_of("a", 100), 50);
  FairQueueBench bench;
  bench.ask_many(200, "a", "", ~0U);
  bench.ask_many(200, "b", "", kMaxWeight);
  EXPECT_NEAR(bench.turns_of("a", 100), 50, 1);
}

TEST_F(FairQueueTest, ManySessionsGiveAClientNoMoreTurns) {
  for (int i = 0; i < 500; ++i) ask("many", "s" + std::to_string(i));
  ask_many(500, "one", "s");
  EXPECT_EQ(turns_of("one", 200), 100);
}

TEST_F(FairQueueTest, SessionsOfAClientShareItsTurns) {
  ask_many(1'000, "a", "busy");
  ask_many(1'000, "b");
  clients_of(3);
  EXPECT_LE(turns_until(ask("a", "single")), 2) << "one of the other client's between";
  ask_many(300, "a", "second");
  std::map<std::string, int> turns;
  for (int i = 0; i < 400; ++i) ++turns[turn()->session];
  EXPECT_NEAR(turns["busy"], 100, 2);
  EXPECT_NEAR(turns["second"], 100, 2);
}

TEST_F(FairQueueTest, ASingleRequestOfASessionWaitsForNoneOfAThousandOfAnother) {
  ask_many(1'000, "a", "busy");
  for (int before = 0; before < 50; ++before) {
    turn();
    EXPECT_EQ(turns_until(ask("a", "s" + std::to_string(before))), 1) << before;
  }
  std::vector<Asked*> singles;
  for (int i = 0; i < 99; ++i) singles.push_back(&ask("a", "t" + std::to_string(i)));
  for (auto* single : singles) EXPECT_EQ(turn(), single);
}

// Each request a session of its own, as trace ids make them: for each that has gone a new one comes.
TEST_F(FairQueueTest, AStreamOfNewSessionsDoesNotStarveAnOldOne) {
  for (const int waiting : {1, 10, 100}) {
    FairQueueBench bench;
    bench.ask_many(400, "a", "old");
    bench.turn();
    int sessions = 0;
    while (sessions < waiting) bench.ask("a", "n" + std::to_string(sessions++));
    int others = 0;
    int old = 0;
    for (int i = 0; i < 1'000; ++i) {
      if (bench.turn()->session == "old") {
        ++old;
        others = 0;
        continue;
      }
      bench.ask("a", "n" + std::to_string(sessions++));
      ASSERT_LE(++others, 2 * waiting + 2) << waiting;
    }
    EXPECT_GE(old, 1'000 / (2 * waiting + 3) - 1) << waiting;
  }
}

TEST_F(FairQueueTest, OneThatComesBackKeepsItsPlace) {
  std::vector<Asked*> asked;
  for (int i = 0; i < 100; ++i) asked.push_back(&ask("c" + std::to_string(i), "s"));
  EXPECT_EQ(turn(), asked[0]);
  for (int tries = 0; tries < 5; ++tries) {
    come_back(*asked[0]);
    EXPECT_EQ(turn(), asked[0]);
  }
  EXPECT_EQ(turn(), asked[1]);
}

TEST_F(FairQueueTest, AlsoAmongTheSessionsOfItsClient) {
  for (int i = 0; i < 100; ++i) ask("a", "s" + std::to_string(i));
  auto* first = turn();
  turn();
  come_back(*first);
  EXPECT_EQ(turn(), first);
}

TEST_F(FairQueueTest, AlsoWithinItsSession) {
  ask_many(10, "a", "s");
  auto* first = turn();
  auto* second = turn();
  come_back(*second);
  come_back(*first);
  EXPECT_EQ(turn(), first);
  EXPECT_EQ(turn(), second);
  EXPECT_EQ(turn()->arrival, 3U);
}

TEST_F(FairQueueTest, ButManyThatComeBackDoNotShutOutASingleOne) {
  ask_many(1'000, "busy");
  std::vector<Asked*> failed;
  for (int i = 0; i < 32; ++i) failed.push_back(turn());
  auto& single = ask("single");
  for (auto* one : failed) come_back(*one);
  EXPECT_LE(turns_until(single), 2) << "one goes back to its place, the others wait for their client's turns";
}

TEST_F(FairQueueTest, NorOneAfterTheOther) {
  ask_many(1'000, "busy");
  std::vector<Asked*> failed;
  for (int i = 0; i < 32; ++i) failed.push_back(turn());
  auto& single = ask("single");
  int turns = 0;
  for (bool had_turn = false; !had_turn && !failed.empty(); ++turns) {
    come_back(*failed.back());
    failed.pop_back();
    had_turn = turn() == &single;
  }
  EXPECT_LE(turns, 2);
}

TEST_F(FairQueueTest, ComingBackIsNoWayToMoreThanOnesShare) {
  ask_many(3'000, "failing");
  ask_many(3'000, "good");
  int failing = 0;
  for (int i = 0; i < 1'000; ++i) {
    auto* next = turn();
    if (next->client != "failing") continue;
    ++failing;
    if (i % 5 != 0) come_back(*next);
  }
  EXPECT_LE(failing, 700);
}

TEST_F(FairQueueTest, ACreditThatWasNotUsedIsGone) {
  ask_many(10, "a");
  ask_many(10, "b");
  auto* first = turn();
  come_back(*first);
  queue.remove(*first);
  EXPECT_EQ(turn()->client, "b");
}

TEST_F(FairQueueTest, LeavingIsPossibleFromAnywhere) {
  ask_many(5, "a", "x");
  ask_many(5, "a", "y");
  ask_many(5, "b", "x");
  for (const std::size_t i : {0U, 2U, 4U, 5U, 6U, 7U, 8U, 9U, 14U}) queue.remove(all[i]);
  queue.remove(all[14]);  // once more: nothing
  EXPECT_EQ(queue.size(), 6U);
  std::set<std::uint64_t> left;
  while (const auto* next = turn()) left.insert(next->arrival);
  EXPECT_EQ(left, (std::set<std::uint64_t>{2, 4, 11, 12, 13, 14}));
}

TEST_F(FairQueueTest, TheOrderForetoldIsTheOrderThatComes) {
  for (int i = 0; i < 40; ++i) {
    ask("a", "s" + std::to_string(i % 7), 2);
    ask("b", "", 1, i % 3 == 0 ? Priority::background : Priority::interactive);
    if (i % 10 == 0) ask("c" + std::to_string(i));
  }
  clients_of(5);
  const auto order = queue.order();
  EXPECT_EQ(queue.order(3), (std::vector<FairQueue::Entry*>{order[0], order[1], order[2]}));
  ASSERT_EQ(order.size(), queue.size());
  for (const auto* entry : order) EXPECT_EQ(turn(), entry);
}

TEST_F(FairQueueTest, WhoMayNotGoHoldsBackOnlyItsSession) {
  ask("a", "x");
  ask("a", "x");
  auto& other_session = ask("a", "y");
  auto& other_client = ask("b");
  const auto not_first = [&](const FairQueue::Entry& entry) { return &entry != &all[0]; };
  EXPECT_EQ(queue.pop(not_first), &other_session);
  EXPECT_EQ(queue.pop(not_first), &other_client);
  EXPECT_EQ(queue.pop(not_first), nullptr);
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(turn(), &all[0]);
}

TEST_F(FairQueueTest, WhoWasHeldBackDoesNotMakeUpForIt) {
  ask_many(1'000, "held");
  ask_many(1'000, "b");
  const auto others = [](const FairQueue::Entry& entry) { return static_cast<const Asked&>(entry).client != "held"; };
  for (int i = 0; i < 200; ++i) EXPECT_NE(queue.pop(others), nullptr);
  EXPECT_LE(turns_of("held", 20), 11);
  EXPECT_LE(turns_until(ask("single")), 1);
}

TEST_F(FairQueueTest, ForgettingMakesAllEqual) {
  ask("a");
  turn();
  queue.forget();
  ask("a");
  ask("b");
  EXPECT_EQ(clients_of(2), "a b ");
  ask("a");
  ask("b");
  EXPECT_EQ(turn()->client, "a");
  ask("a");
  EXPECT_EQ(clients_of(2), "b a ") << "who has just had a turn waits for the others";
}

}  // namespace
}  // namespace tidegate::policy
