#include "daemon/policy/queue_usage.h"

#include <gtest/gtest.h>

namespace tidegate::policy {
namespace {

void enter(QueueUsage& usage, const char* client, int times) {
  for (int i = 0; i < times; ++i) usage.enter(client);
}

TEST(QueueUsage, BoundsAllThatWait) {
  QueueUsage usage;
  const QueueBounds bounds{10, 0, 100};
  enter(usage, "", 9);
  EXPECT_EQ(usage.may_wait(bounds, ""), QueueRefusal::none);
  usage.enter("");
  EXPECT_EQ(usage.may_wait(bounds, ""), QueueRefusal::depth);
  usage.leave("");
  EXPECT_EQ(usage.may_wait(bounds, ""), QueueRefusal::none);
}

TEST(QueueUsage, BoundsWhatWaitsOfOneClient) {
  QueueUsage usage;
  const QueueBounds bounds{10, 3, 100};
  enter(usage, "a", 3);
  EXPECT_EQ(usage.may_wait(bounds, "a"), QueueRefusal::client_depth);
  EXPECT_EQ(usage.may_wait(bounds, "b"), QueueRefusal::none);
  usage.leave("a");
  EXPECT_EQ(usage.may_wait(bounds, "a"), QueueRefusal::none);
}

TEST(QueueUsage, AFullQueueKeepsPlacesForClientsThatHaveFewInIt) {
  QueueUsage usage;
  const QueueBounds bounds{1'000, 0, 100};
  enter(usage, "busy", 1'000);
  EXPECT_EQ(usage.may_wait(bounds, "busy"), QueueRefusal::depth);
  for (std::uint64_t i = 0; i < QueueUsage::kKeptPlaces; ++i) {
    EXPECT_EQ(usage.may_wait(bounds, "small"), QueueRefusal::none) << i;
    usage.enter("small");
  }
  EXPECT_EQ(usage.may_wait(bounds, "small"), QueueRefusal::depth);
  EXPECT_EQ(usage.may_wait(bounds, "other"), QueueRefusal::none);
}

TEST(QueueUsage, ASmallQueueOfOneClientKeepsNone) {
  QueueUsage usage;
  usage.enter("a");
  EXPECT_EQ(usage.may_wait({1, 0, 100}, "a"), QueueRefusal::depth);
  EXPECT_EQ(usage.may_wait({1, 0, 100}, "b"), QueueRefusal::none);
}

TEST(QueueUsage, WithoutAQueueNobodyWaits) {
  QueueUsage usage;
  EXPECT_EQ(usage.may_wait({0, 0, 100}, "a"), QueueRefusal::depth);
  usage.enter("b");  // comes back for another try
  EXPECT_EQ(usage.may_wait({0, 0, 100}, "a"), QueueRefusal::depth);
}

TEST(QueueUsage, BoundsAllBytes) {
  QueueUsage usage;
  const QueueBounds bounds{10, 0, 100};
  EXPECT_EQ(usage.may_hold(bounds, "", 101), QueueRefusal::bytes);
  EXPECT_EQ(usage.may_hold(bounds, "", ~std::uint64_t{0}), QueueRefusal::bytes) << "no sum that turns over";
  usage.hold("", 60);
  EXPECT_EQ(usage.may_hold(bounds, "", 41), QueueRefusal::bytes);
  EXPECT_EQ(usage.may_hold(bounds, "", 40), QueueRefusal::none) << "those without a name have all of it";
  EXPECT_EQ(usage.may_hold({10, 0, 50}, "", 0), QueueRefusal::bytes) << "a bound below what is held already";
  usage.free("", 60);
  EXPECT_EQ(usage.bytes(), 0U);
}

TEST(QueueUsage, ANamedClientLeavesAQuarterOfTheBytesToOthers) {
  QueueUsage usage;
  const QueueBounds bounds{10, 0, 100};
  EXPECT_EQ(usage.may_hold(bounds, "a", 100), QueueRefusal::none) << "a single body may take all";
  usage.hold("a", 50);
  EXPECT_EQ(usage.may_hold(bounds, "a", 25), QueueRefusal::none);
  EXPECT_EQ(usage.may_hold(bounds, "a", 26), QueueRefusal::client_bytes);
  EXPECT_EQ(usage.may_hold(bounds, "b", 50), QueueRefusal::none);
  usage.hold("a", 40);
  EXPECT_EQ(usage.may_hold(bounds, "a", 1), QueueRefusal::client_bytes) << "over its share already";
}

TEST(QueueUsage, RemembersOnlyClientsThatHaveSomethingThere) {
  QueueUsage usage;
  usage.enter("a");
  usage.hold("a", 5);
  usage.hold("b", 0);
  EXPECT_EQ(usage.clients(), 1U);
  EXPECT_EQ(usage.depth("a"), 1U);
  EXPECT_EQ(usage.bytes("a"), 5U);
  EXPECT_EQ(usage.depth("b"), 0U);
  usage.leave("a");
  EXPECT_EQ(usage.clients(), 1U);
  usage.free("a", 5);
  usage.free("b", 0);
  EXPECT_EQ(usage.clients(), 0U);
  EXPECT_EQ(usage.depth(), 0U);
}

TEST(QueueUsage, EachRefusalHasAName) {
  EXPECT_EQ(refusal_name(QueueRefusal::none), "none");
  EXPECT_EQ(refusal_name(QueueRefusal::depth), "depth");
  EXPECT_EQ(refusal_name(QueueRefusal::client_depth), "client_depth");
  EXPECT_EQ(refusal_name(QueueRefusal::bytes), "bytes");
  EXPECT_EQ(refusal_name(QueueRefusal::client_bytes), "client_bytes");
}

}  // namespace
}  // namespace tidegate::policy
