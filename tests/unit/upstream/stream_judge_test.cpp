// Which streams are whole, and what is wrong with the others.
#include "daemon/upstream/stream_judge.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace tidegate::upstream {
namespace {

using observe::Truncation;

std::string chunk(int index, const std::string& finish = "null") {
  return R"(data: {"object":"chat.completion.chunk","choices":[{"index":)" + std::to_string(index) +
         R"(,"delta":{"content":"x"},"finish_reason":)" + finish + "}]}\n\n";
}
const std::string kText = chunk(0);
const std::string kStop = chunk(0, "\"stop\"");
const std::string kDone = "data: [DONE]\n\n";
const std::string kUsage = R"(data: {"object":"chat.completion.chunk","choices":[],"usage":{"total_tokens":3}})"
                           "\n\n";

std::string event(const std::string& name, const std::string& more = "") {
  return "event: " + name + "\ndata: {\"type\":\"" + name + "\"" + more + "}\n\n";
}
const std::string kStart = event("message_start", R"(,"message":{"stop_reason":null})");
const std::string kDelta = event("content_block_delta", R"(,"index":0,"delta":{"text":"x"})");
const std::string kStopReason = event("message_delta", R"(,"delta":{"stop_reason":"end_turn"})");
const std::string kMessageStop = event("message_stop");

StreamJudge fed(std::string_view bytes, Dialect by_path = Dialect::chat) {
  StreamJudge judge(by_path);
  judge.feed(bytes);
  return judge;
}
Truncation fault(std::string_view bytes, Dialect by_path = Dialect::chat) {
  auto judge = fed(bytes, by_path);
  judge.close();
  return judge.fault();
}
std::string with_ends(std::string_view text, std::string_view end) {
  std::string out;
  for (const char c : text) c == '\n' ? out += end : out += c;
  return out;
}

TEST(StreamJudge, AChatIsWholeWithFinishAndDone) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    EXPECT_TRUE(fed(with_ends(kText + kText + kStop + kDone, end)).complete());
    EXPECT_TRUE(fed(with_ends(kText + kStop + kUsage + kDone, end)).complete());
    EXPECT_FALSE(fed(with_ends(kText + kStop + "data: [DONE]\n", end)).complete()) << "not before the empty line";
  }
  for (const char* reason : {"\"length\"", "\"content_filter\"", "\"tool_calls\""})
    EXPECT_EQ(fault(chunk(0, reason) + kDone), Truncation::none) << reason;
}

TEST(StreamJudge, WithoutAFinishAChatIsCut) {
  EXPECT_EQ(fault(kText + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(kText + kUsage + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(kUsage + kDone), Truncation::done_without_finish) << "no choice ever began";
  EXPECT_EQ(fault(kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(": processing\n\n" + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(kText), Truncation::cut_before_finish);
  EXPECT_EQ(fault(""), Truncation::cut_before_finish);
}

TEST(StreamJudge, EachChoiceThatBeganNeedsItsFinish) {
  EXPECT_EQ(fault(chunk(0) + chunk(1) + kStop + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(chunk(0) + chunk(1) + chunk(1, "\"stop\"") + kStop + kDone), Truncation::none);
  EXPECT_EQ(fault(kStop + chunk(3) + kDone), Truncation::done_without_finish);
}

TEST(StreamJudge, AMissingDoneIsAdded) {
  auto judge = fed(kText + kStop);
  EXPECT_FALSE(judge.complete());
  EXPECT_EQ(judge.close(), "data: [DONE]\n\n");
  EXPECT_TRUE(judge.complete() && judge.done_added());
  EXPECT_EQ(fed(with_ends(kText + kStop, "\r\n")).close(), "data: [DONE]\r\n\r\n");
  EXPECT_EQ(fed(with_ends(kText + kStop, "\r")).close(), "data: [DONE]\r\r");
  EXPECT_EQ(fed(kText + kStop + kDone).close(), "");
  EXPECT_EQ(fed(kText).close(), "");
}

TEST(StreamJudge, AnEndWithoutItsEmptyLineCounts) {
  for (const char* end : {"data: [DONE]", "data: [DONE]\n", "data: [DONE]\r"}) {
    auto judge = fed(kText + kStop + end);
    EXPECT_FALSE(judge.complete()) << end;
    EXPECT_EQ(judge.close(), "") << "every reader has it already";
    EXPECT_TRUE(judge.complete()) << end;
    EXPECT_FALSE(judge.done_added());
  }
  // No reader takes an event without its empty line: it gets one.
  const auto cut = [](const std::string& text, std::size_t bytes) { return text.substr(0, text.size() - bytes); };
  EXPECT_EQ(fed(kText + cut(kStop, 1)).close(), "\ndata: [DONE]\n\n");
  EXPECT_EQ(fed(kText + cut(kStop, 2)).close(), "\n\ndata: [DONE]\n\n");
  EXPECT_EQ(fed(with_ends(kText + cut(kStop, 2), "\r\n")).close(), "\r\n\r\ndata: [DONE]\r\n\r\n");
  EXPECT_EQ(fed(kText + kStop + ": bye").close(), "\ndata: [DONE]\n\n");
  EXPECT_EQ(fed(kText + cut(kText, 2)).close(), "\n\n");
  auto stop = fed(kStart + kStopReason + cut(kMessageStop, 1), Dialect::messages);
  EXPECT_EQ(stop.close(), "\n");
  EXPECT_TRUE(stop.complete());
  // Half an event stays open, and nothing may be written behind it.
  auto half = fed(kText + cut(kStop, 5));
  EXPECT_EQ(half.close(), "");
  EXPECT_EQ(half.fault(), Truncation::cut_before_finish);
  EXPECT_FALSE(half.can_insert_event());
}

TEST(StreamJudge, AMessageIsWholeWithStopReasonAndStop) {
  const auto as = [](const std::string& text) { return fault(text, Dialect::messages); };
  EXPECT_EQ(as(kStart + kDelta + kStopReason + kMessageStop), Truncation::none);
  EXPECT_EQ(as(kStart + kDelta + kMessageStop), Truncation::done_without_finish);
  EXPECT_EQ(as(kStart + kDelta + kStopReason), Truncation::cut_before_finish);
  EXPECT_EQ(as(kStart + kDelta), Truncation::cut_before_finish);
  EXPECT_EQ(as(kStart + kDelta + kDone), Truncation::done_without_finish);
  EXPECT_EQ(as(kMessageStop), Truncation::none) << "nothing began, so nothing was cut";
}

TEST(StreamJudge, AResponseCarriesItsStatus) {
  const auto as = [](const std::string& text) { return fault(text, Dialect::responses); };
  const auto created = event("response.created", ",\"response\":{\"error\":null}");
  for (const char* end : {"response.completed", "response.incomplete", "response.cancelled"})
    EXPECT_EQ(as(created + event(end)), Truncation::none) << end;
  EXPECT_EQ(as(created + event("response.completed") + kDone), Truncation::none);
  EXPECT_EQ(as(created + event("response.output_text.done")), Truncation::cut_before_finish);
  EXPECT_EQ(as(created + kDone), Truncation::done_without_finish);
  EXPECT_EQ(as(created + event("response.failed")), Truncation::error_chunk);
  EXPECT_EQ(as(created + event("error", ",\"message\":\"no\"")), Truncation::error_chunk);
  EXPECT_EQ(as(created + "data: {\"broken\n\n" + event("response.completed")), Truncation::none)
      << "it repeats the text";
}

TEST(StreamJudge, AnErrorInTheStreamIsNoSuccess) {
  for (const std::string error :
       {"data: {\"error\":{\"message\":\"no\"}}\n\n",
        "data: {\"error\":{\"code\":1},\"choices\":[{\"index\":0,\"finish_reason\":\"error\"}]}\n\n"}) {
    EXPECT_EQ(fault(kText + error), Truncation::error_chunk);
    EXPECT_EQ(fault(kText + error + kStop + kDone), Truncation::error_chunk);
    EXPECT_EQ(fault(error), Truncation::error_chunk);
    EXPECT_TRUE(fed(kText + error).failed());
  }
  EXPECT_EQ(fault(kStart + event("error"), Dialect::messages), Truncation::error_chunk);
}

TEST(StreamJudge, AGarbledChunkIsALoss) {
  const std::string garbled = "data: {\"choices\":[{\"delta\":{\n\n";
  EXPECT_EQ(fault(kText + garbled), Truncation::malformed_chunk);
  EXPECT_EQ(fault(kText + garbled + kStop + kDone), Truncation::malformed_chunk) << "a part of the text is missing";
  EXPECT_EQ(fault(kText + garbled + kStop), Truncation::malformed_chunk);
  EXPECT_EQ(fault(kStart + garbled + kStopReason + kMessageStop, Dialect::messages), Truncation::malformed_chunk);
  EXPECT_EQ(fed(kText + garbled + garbled).malformed(), 2U);
  EXPECT_EQ(fault(garbled + kDone), Truncation::malformed_chunk)
      << "where nothing else shows the dialect, the path does";
  EXPECT_EQ(fault(garbled + kDone, Dialect::unknown), Truncation::none);
  EXPECT_EQ(fed(garbled, Dialect::unknown).malformed(), 0U);
}

TEST(StreamJudge, NoiseIsCountedAndForgiven) {
  for (const char* noise : {"data: ping\n\n", "data: \xff\xfe\n\n", "data: [half\n\n"}) {
    auto judge = fed(kText + noise + kStop + kDone);
    EXPECT_TRUE(judge.complete()) << noise;
    EXPECT_EQ(judge.malformed(), 1U) << noise;
    EXPECT_EQ(fault(kText + noise + kDone), Truncation::malformed_chunk);
  }
  for (const char* fine :
       {"data\n\n", "data:\n\n", "data: 1\n\n", "data: null\n\n", ": x\n\n", "id: {\n\n", "event: x\n\n"})
    EXPECT_EQ(fed(kText + fine + kStop + kDone).malformed(), 0U) << fine;
}

TEST(StreamJudge, TheEventsShowTheDialectWhateverThePath) {
  for (const auto path : {Dialect::unknown, Dialect::chat, Dialect::responses, Dialect::messages}) {
    EXPECT_EQ(fault(kText + kStop + kDone, path), Truncation::none);
    EXPECT_EQ(fault(kText + kDone, path), Truncation::done_without_finish);
    EXPECT_EQ(fault(kStart + kDelta + kStopReason + kMessageStop, path), Truncation::none);
    EXPECT_EQ(fed(kStart, path).dialect(), Dialect::messages);
  }
}

TEST(StreamJudge, WhatShowsNoDialectEndsAsItSays) {
  for (const auto path : {Dialect::unknown, Dialect::chat}) {
    EXPECT_TRUE(fed("data: {}\n\ndata: [DONE]\n\n", path).complete());
    EXPECT_TRUE(fed("data: 1\n\n" + kDone, path).complete());
    EXPECT_FALSE(fed("data: 1\n\n", path).knows_dialect());
  }
  EXPECT_TRUE(fed(kDone, Dialect::unknown).complete());
  EXPECT_FALSE(fed("", Dialect::unknown).knows_dialect());
  EXPECT_TRUE(fed("", Dialect::chat).knows_dialect());
  auto other = fed("event: thread.message\ndata: {\"error\":{}}\n\n", Dialect::unknown);
  EXPECT_FALSE(other.failed()) << "what an error is, the dialect tells";
  EXPECT_EQ(fed("data: 1\n", Dialect::unknown).close(), "") << "nothing is added to what is not known";
}

TEST(StreamJudge, DataInSeveralLinesIsOne) {
  EXPECT_TRUE(
      fed("data: {\"choices\":[{\"index\":0,\ndata:\"finish_reason\":\ndata: \"stop\"}]}\n\n" + kDone).complete());
}

TEST(StreamJudge, AByteOrderMarkIsSkippedOnceAtTheStart) {
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_TRUE(fed(mark + kStop + kDone).complete());
  EXPECT_EQ(fault(mark + mark + kStop + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(mark.substr(0, 2) + kStop + kDone), Truncation::done_without_finish);
  EXPECT_EQ(fault(kText + mark + kStop + kDone), Truncation::done_without_finish);
}

TEST(StreamJudge, AnEventFitsWhereNoDataIsOpen) {
  for (const char* open :
       {"d", "data: x", "data: x\n", ": comment", "data: x\r", "data: x\r\n", "data: x\n\ndat", "data\n"})
    EXPECT_FALSE(fed(open, Dialect::unknown).can_insert_event()) << open;
  for (const char* closed : {"", "\n", "\r\n", "data: x\n\n", "data: x\r\r", "data: x\r\n\r", ": comment\n",
                             "event: a\n", "data: x\n\nid: 1\n"})
    EXPECT_TRUE(fed(closed, Dialect::unknown).can_insert_event()) << closed;
}

TEST(StreamJudge, DataIsAwaitedUntilTheFirst) {
  for (const char* text : {"", ": comment\n\n", "event: ping\n\n", "id: 1\n", "data:\n\n", "d"})
    EXPECT_TRUE(fed(text).awaits_data()) << text;
  for (const char* text :
       {"data: 1\n\n", "data: {\n\n", "data: x\n\n", ": comm", "data: x", "event: message_stop\ndata\n\n"})
    EXPECT_FALSE(fed(text).awaits_data()) << text;
}

TEST(StreamJudge, ALineOfAMebibyteIsNothingSpecial) {
  const std::string text(std::size_t{1} << 20, 'x');
  const auto line =
      R"(data: {"choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":"stop"}]})" + "\n\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, line.size()}) {
    StreamJudge judge(Dialect::chat);
    for (std::size_t at = 0; at < line.size(); at += piece) judge.feed(std::string_view(line).substr(at, piece));
    judge.feed(kDone);
    EXPECT_TRUE(judge.complete()) << piece;
  }
  static_assert(sizeof(StreamJudge) <= 1024, "constant memory, whatever the length of a line");
}

TEST(StreamJudge, StaysCompleteWhateverFollows) {
  auto judge = fed(kStop + kDone + chunk(1) + "data: {half");
  EXPECT_TRUE(judge.complete());
  EXPECT_EQ(judge.close(), "");
  EXPECT_EQ(judge.fault(), Truncation::none);
}

}  // namespace
}  // namespace tidegate::upstream
