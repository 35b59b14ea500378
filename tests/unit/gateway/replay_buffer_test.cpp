#include "daemon/gateway/replay_buffer.h"

#include <gtest/gtest.h>

namespace tidegate::gateway {
namespace {

TEST(ReplayBuffer, GivesEachReaderAllFromTheFirstByte) {
  ReplayBuffer buffer;
  buffer.append("abc");
  EXPECT_EQ(buffer.read(0, 99), "abc");
  buffer.append("def");
  EXPECT_EQ(buffer.read(0, 99), "abcdef");
  EXPECT_EQ(buffer.read(3, 2), "de");
  EXPECT_EQ(buffer.read(6, 99), "");
  EXPECT_EQ(buffer.end(), 6U);
}

TEST(ReplayBuffer, WhileItReplaysNothingIsDropped) {
  ReplayBuffer buffer;
  buffer.append("abcdef");
  buffer.trim(6);
  EXPECT_EQ(buffer.read(0, 99), "abcdef");
}

TEST(ReplayBuffer, AfterwardsOnlyWhatTheSlowestHasYetToRead) {
  ReplayBuffer buffer;
  buffer.append("abcdef");
  buffer.stop_replaying();
  buffer.trim(4);
  EXPECT_EQ(buffer.size(), 2U);
  EXPECT_EQ(buffer.end(), 6U);
  EXPECT_EQ(buffer.read(4, 99), "ef");
  buffer.append("gh");
  EXPECT_EQ(buffer.read(5, 2), "fg");
  buffer.trim(8);
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.end(), 8U);
  buffer.append("i");
  EXPECT_EQ(buffer.read(8, 99), "i");
}

TEST(ReplayBuffer, FewBytesAreNotWorthMovingMany) {
  ReplayBuffer buffer;
  buffer.append("abcdef");
  buffer.stop_replaying();
  buffer.trim(2);
  EXPECT_EQ(buffer.size(), 6U);
  EXPECT_EQ(buffer.read(2, 99), "cdef");
}

TEST(ReplayBuffer, ClearedItHoldsNothingAndReplaysNoMore) {
  ReplayBuffer buffer;
  buffer.append("abc");
  buffer.clear();
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.end(), 3U);
  EXPECT_FALSE(buffer.replays());
}

}  // namespace
}  // namespace tidegate::gateway
