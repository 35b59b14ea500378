// What of a stream passes, and when: nothing is delayed or lost but a terminal line that would be a lie.
#include <gtest/gtest.h>
#include <string>

#include "daemon/upstream/stream_judge.h"

namespace tidegate::upstream {
namespace {

const std::string kText =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[DONE]\"},\"finish_reason\":null}]}\n\n";
const std::string kStop = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n";
const std::string kDone = "data: [DONE]\n\n";
const std::string kMessage = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n";
const std::string kReason =
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"}}\n\n";
const std::string kMessageStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

std::string passed(StreamJudge& judge, std::string bytes) {
  judge.pass(bytes);
  return bytes;
}
/// All that passes of `stream` when it comes in two pieces.
std::string passed_in_two(StreamJudge& judge, const std::string& stream, std::size_t split) {
  auto first = passed(judge, stream.substr(0, split));
  return first + passed(judge, stream.substr(split));
}

TEST(StreamJudgePass, AWholeStreamPassesByteForByteHoweverItIsSplit) {
  for (const auto& stream : {kText + kText + kStop + kDone, kMessage + kReason + kMessageStop,
                             "\xef\xbb\xbf" + kStop + kDone, kText + ": comment\nid: 1\n\n" + kStop + "data: [DONE]"}) {
    for (std::size_t split = 0; split <= stream.size(); ++split) {
      StreamJudge judge(Dialect::chat);
      ASSERT_EQ(passed_in_two(judge, stream, split), stream) << split;
      judge.close();
      ASSERT_TRUE(judge.complete()) << split;
    }
    StreamJudge single(Dialect::messages);
    std::string all;
    for (const char c : stream) all += passed(single, std::string(1, c));
    EXPECT_EQ(all, stream);
  }
}

TEST(StreamJudgePass, ADoneThatLiesNeverPassesHoweverItIsSplit) {
  for (const auto* end : {"data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data:  [DONE]", "data: [DONE] x\n\n"}) {
    const auto stream = kText + end;
    for (std::size_t split = 0; split <= stream.size(); ++split) {
      StreamJudge judge(Dialect::chat);
      ASSERT_EQ(passed_in_two(judge, stream, split), kText) << split << end;
      ASSERT_TRUE(judge.caught() && judge.can_insert_event());
      ASSERT_EQ(passed(judge, "more"), "") << "nothing passes any more";
    }
  }
}

TEST(StreamJudgePass, AStopThatLiesNeverPassesHoweverItIsSplit) {
  for (const auto& end :
       {kMessageStop, std::string("data: {\"type\": \"message_stop\", \"x\":\"") + std::string(200, 'y') + "\"}\n\n"}) {
    const auto stream = kMessage + end;
    for (std::size_t split = 0; split <= stream.size(); ++split) {
      StreamJudge judge(Dialect::messages);
      ASSERT_EQ(passed_in_two(judge, stream, split), kMessage) << split << end;
      ASSERT_TRUE(judge.caught() && judge.can_insert_event());
    }
  }
}

TEST(StreamJudgePass, TheLinesBeforeInItsEventHavePassed) {
  StreamJudge judge(Dialect::chat);
  EXPECT_EQ(passed(judge, kText + ": bye\nevent: end\n" + kDone), kText + ": bye\nevent: end\n");
  EXPECT_TRUE(judge.caught() && judge.can_insert_event());
}

TEST(StreamJudgePass, AHeldBeginningPassesAsSoonAsItDiffers) {
  StreamJudge judge(Dialect::chat);
  EXPECT_EQ(passed(judge, kText + "data: "), kText);
  EXPECT_TRUE(judge.can_insert_event()) << "what is held did not pass";
  EXPECT_EQ(passed(judge, "{"), "data: {");
  EXPECT_FALSE(judge.can_insert_event());
  EXPECT_EQ(passed(judge, "\"a\":1}\n\nd"), "\"a\":1}\n\n");
  EXPECT_EQ(passed(judge, "ated: x\n"), "dated: x\n");
}

TEST(StreamJudgePass, NothingIsHeldOnceTheFinishIsToldOrNoDialectIsKnown) {
  StreamJudge finished(Dialect::chat);
  EXPECT_EQ(passed(finished, kStop + "data: [DO"), kStop + "data: [DO");
  StreamJudge unknown(Dialect::chat);
  EXPECT_EQ(passed(unknown, "data: 1\n\ndata: [DO"), "data: 1\n\ndata: [DO");
  StreamJudge other(Dialect::unknown);
  EXPECT_EQ(passed(other, kDone), kDone);
}

TEST(StreamJudgePass, WhatIsHeldIsBounded) {
  StreamJudge judge(Dialect::chat);
  const std::string line = "data:" + std::string(StreamJudge::kKept, ' ');
  std::string all = passed(judge, kText);
  for (const char c : line) all += passed(judge, std::string(1, c));
  EXPECT_EQ(all, kText + line);
}

TEST(StreamJudgePass, AHeldBeginningIsDroppedAtTheEnd) {
  StreamJudge judge(Dialect::chat);
  EXPECT_EQ(passed(judge, kText + "data: [DON"), kText);
  EXPECT_EQ(judge.close(), "");
  EXPECT_TRUE(judge.can_insert_event());
  EXPECT_EQ(judge.fault(), observe::Truncation::cut_before_finish);
}

}  // namespace
}  // namespace tidegate::upstream
