#include "daemon/upstream/sse_scanner.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>
#include <vector>

namespace tidegate::upstream {
namespace {

SseScanner fed(std::string_view bytes) {
  SseScanner scanner;
  scanner.feed(bytes);
  return scanner;
}

std::string with_ends(std::string text, const std::string& end) {
  std::string out;
  for (const char c : text) c == '\n' ? out += end : out += c;
  return out;
}

TEST(SseScanner, BeginsAtABoundaryAndNotEnded) {
  EXPECT_TRUE(SseScanner().at_event_boundary());
  EXPECT_FALSE(SseScanner().ended());
}

TEST(SseScanner, KnowsTheEndsOfTheThreeDialects) {
  for (const char* end : {"data: [DONE]\n\n", "data:[DONE]\n\n", "event: response.completed\ndata: {}\n\n",
                          "event: response.failed\ndata: {}\n\n", "event: response.incomplete\ndata: {}\n\n",
                          "event: response.cancelled\ndata: {}\n\n", "event: message_stop\ndata: {}\n\n",
                          "data: {\"type\":\"message_stop\"}\nevent:message_stop\n\n"}) {
    for (const char* line_end : {"\n", "\r\n", "\r"}) {
      const auto text = with_ends(std::string("data: {\"a\":1}\n\n") + end, line_end);
      EXPECT_TRUE(fed(text).ended()) << end;
      EXPECT_TRUE(fed(text).at_event_boundary()) << end;
      // Not before the blank line that ends the event.
      const auto cut = text.substr(0, text.size() - std::string_view(line_end).size());
      EXPECT_FALSE(fed(cut).ended()) << end;
      EXPECT_FALSE(fed(cut).at_event_boundary()) << end;
    }
  }
}

TEST(SseScanner, WhatOnlyLooksLikeAnEnd) {
  for (const char* text : {"data: [DONE] \n\n",
                           "data:  [DONE]\n\n",
                           "data: [done]\n\n",
                           "Data: [DONE]\n\n",
                           ": [DONE]\n\n",
                           ":data: [DONE]\n\n",
                           " data: [DONE]\n\n",
                           "data: x[DONE]\n\n",
                           "datum: [DONE]\n\n",
                           "[DONE]\n\n",
                           "id: [DONE]\n\n",
                           "data: message_stop\n\n",
                           "event: [DONE]\n\n",
                           "event: message_stopped\n\n",
                           "event: message_sto\n\n",
                           "event: response.completed.not\n\n",
                           "event: response.created\n\n",
                           "data: {\"x\":\"data: [DONE]\"}\n\n",
                           "data: [DONE]\n",
                           "data: [DONE]",
                           "event: message_stop\n"}) {
    EXPECT_FALSE(fed(text).ended()) << text;
  }
}

TEST(SseScanner, ANameLongerThanWhatIsKeptIsNoEnd) {
  for (std::size_t extra = 0; extra < 200; ++extra) {
    EXPECT_FALSE(fed("event: message_stop" + std::string(extra + 1, 'x') + "\n\n").ended()) << extra;
    EXPECT_FALSE(fed("event: " + std::string(extra + 1, 'x') + "message_stop\n\n").ended()) << extra;
    EXPECT_FALSE(fed("data: [DONE]" + std::string(extra + 1, ' ') + "\n\n").ended()) << extra;
  }
  // What is looked at is the line alone: the one before leaves nothing behind.
  EXPECT_TRUE(fed("data: " + std::string(500, 'x') + "\ndata: [DONE]\n\n").ended());
}

TEST(SseScanner, AByteOrderMarkIsSkippedOnceAtTheStart) {
  EXPECT_TRUE(fed("\xef\xbb\xbf"
                  "data: [DONE]\n\n")
                  .ended());
  EXPECT_FALSE(fed("\xef\xbb\xbf\xef\xbb\xbf"
                   "data: [DONE]\n\n")
                   .ended());
  EXPECT_FALSE(fed("data: 1\n\n\xef\xbb\xbf"
                   "data: [DONE]\n\n")
                   .ended());
  EXPECT_TRUE(fed("\xef\xbb\xbf\n").at_event_boundary());
  EXPECT_FALSE(fed("\xef\xbb\xbf").at_event_boundary());
}

TEST(SseScanner, ABoundaryIsWhereNothingIsOpen) {
  for (const char* open : {"d", "data: x", "data: x\n", ": comment\n", ": comment", "data: x\r", "data: x\r\n",
                           "data: x\ndata: y\n", "data: x\n\nd", "event: a\n", "data\n"})
    EXPECT_FALSE(fed(open).at_event_boundary()) << open;
  for (const char* closed : {"", "\n", "\r\n", "\n\n\n", "data: x\n\n", "data: x\r\r", "data: x\r\n\r\n",
                             "data: x\r\n\r", ": comment\n\n", "data: x\ndata: y\n\n", "data: x\n\n\n"})
    EXPECT_TRUE(fed(closed).at_event_boundary()) << closed;
}

TEST(SseScanner, ALineOfAMebibyteIsNothingSpecial) {
  const std::string line = "data: " + std::string(std::size_t{1} << 20, 'x') + "\n\n";
  SseScanner scanner;
  scanner.feed(line);
  EXPECT_TRUE(scanner.at_event_boundary());
  EXPECT_FALSE(scanner.ended());
  for (const char c : line) scanner.feed(std::string_view(&c, 1));
  scanner.feed("data: [DONE]\n\n");
  EXPECT_TRUE(scanner.ended());
  static_assert(sizeof(SseScanner) <= 128, "constant memory, whatever the length of a line");
}

TEST(SseScanner, StaysEndedAndFollowsWhatComesAfter) {
  auto scanner = fed("data: [DONE]\n\n");
  scanner.feed("data: more");
  EXPECT_TRUE(scanner.ended());
  EXPECT_FALSE(scanner.at_event_boundary());
}

TEST(SseScanner, EverySplitTellsTheSame) {
  const std::string streams[] = {
      "\xef\xbb\xbf: hi\r\ndata: {\"a\":1}\r\ndata: b\r\n\r\nevent: message_stop\r\ndata: {}\r\n\r\n",
      "data: 1\r\rdata: [DONE]\r\r",
      "id: 7\nretry: 10\n\nevent: response.completed\ndata: x\n\ndata: after\n",
      "data: 1\n\r\ndata: [DONE]\r\n\n",
  };
  for (const auto& stream : streams) {
    // What byte-by-byte feeding says after each byte is what any other way must say there.
    std::vector<std::pair<bool, bool>> expected;
    SseScanner single;
    for (const char c : stream) {
      single.feed(std::string_view(&c, 1));
      expected.emplace_back(single.ended(), single.at_event_boundary());
    }
    EXPECT_TRUE(single.ended());
    for (std::size_t i = 0; i <= stream.size(); ++i) {
      for (std::size_t j = i; j <= stream.size(); ++j) {
        SseScanner scanner;
        scanner.feed(std::string_view(stream).substr(0, i));
        scanner.feed(std::string_view(stream).substr(i, j - i));
        if (j > 0) {
          ASSERT_EQ(std::make_pair(scanner.ended(), scanner.at_event_boundary()), expected[j - 1]) << i << " " << j;
        }
        scanner.feed(std::string_view(stream).substr(j));
        ASSERT_EQ(std::make_pair(scanner.ended(), scanner.at_event_boundary()), expected.back()) << i << " " << j;
      }
    }
  }
}

}  // namespace
}  // namespace tidegate::upstream
