#include "daemon/policy/fair_share.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

FairShare::Id any(const FairShare& share) {
  return share.first([](FairShare::Id) { return true; });
}

TEST(FairShare, ForgetsAFlowThatOwesNothingAndGivesItsIdToAnother) {
  FairShare share;
  const auto [first, added] = share.enter("a", 1);
  EXPECT_TRUE(added);
  share.set_front(first, 1);
  EXPECT_FALSE(share.enter("a", 1).second);
  share.set_idle(first);
  EXPECT_TRUE(share.empty());
  EXPECT_EQ(share.remembered(), 0U);
  EXPECT_EQ(share.enter("b", 1), std::pair(first, true));
}

TEST(FairShare, RemembersWhoHasHadATurnUntilTheOthersHaveToo) {
  FairShare share;
  const auto a = share.enter("a", 1).first;
  share.set_front(a, 1);
  share.charge(a);
  share.set_idle(a);
  EXPECT_EQ(share.remembered(), 1U);
  const auto b = share.enter("b", 1).first;
  for (std::uint64_t arrival = 2; arrival < 5; ++arrival) {
    share.set_front(b, arrival);
    share.charge(b);
  }
  EXPECT_EQ(share.remembered(), 0U);
}

TEST(FairShare, RemembersABoundedNumber) {
  FairShare share;
  for (int i = 0; i < 5'000; ++i) {
    const auto id = share.enter("f" + std::to_string(i), 1).first;
    share.set_front(id, static_cast<std::uint64_t>(i));
    share.charge(id);
    share.set_idle(id);
    ASSERT_LE(share.remembered(), FairShare::kMaxRemembered);
    ASSERT_LE(id, FairShare::kMaxRemembered);
  }
  EXPECT_EQ(share.remembered(), FairShare::kMaxRemembered);
  share.forget();
  EXPECT_EQ(share.remembered(), 0U);
}

TEST(FairShare, ANewWeightCountsFromTheNextTurn) {
  FairShare share;
  const auto a = share.enter("a", 1).first;
  const auto b = share.enter("b", 1).first;
  share.set_front(a, 1);
  share.set_front(b, 2);
  share.enter("a", 4);
  int turns = 0;
  for (std::uint64_t i = 3; i < 103; ++i) {
    const auto next = any(share);
    if (next == a) ++turns;
    share.charge(next);
    share.set_front(next, i);
  }
  EXPECT_NEAR(turns, 80, 1);
}

TEST(FairShare, IsFreshUntilItsFirstTurnAndThenAfterTheOthers) {
  FairShare share;
  const auto a = share.enter("a", 1).first;
  share.set_front(a, 1);
  EXPECT_TRUE(share.fresh(a));
  share.charge(a);
  share.set_front(a, 2);
  EXPECT_FALSE(share.fresh(a));
  const auto b = share.enter("b", 1).first;
  share.set_front(b, 3);
  EXPECT_TRUE(share.fresh(b));
  EXPECT_EQ(any(share), b);
  EXPECT_EQ(share.front(b), 3U);
  EXPECT_EQ(share.first([&](FairShare::Id id) { return id != b; }), a);
  EXPECT_EQ(share.first([](FairShare::Id) { return false; }), FairShare::kNone);
}

}  // namespace
}  // namespace tidegate::policy
