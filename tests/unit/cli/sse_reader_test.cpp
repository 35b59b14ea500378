#include "cli/sse_reader.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::cli {

// For EXPECT_THAT's messages and comparisons.
static bool operator==(const SseEvent& a, const SseEvent& b) { return a.name == b.name && a.data == b.data; }
static void PrintTo(const SseEvent& event, std::ostream* out) { *out << '{' << event.name << '|' << event.data << '}'; }

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<SseEvent> read(std::string_view bytes, std::size_t piece = std::string_view::npos) {
  std::vector<SseEvent> events;
  SseReader reader([&events](const SseEvent& event) { events.push_back(event); });
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size()))
    EXPECT_TRUE(reader.feed(bytes.substr(at, piece)));
  return events;
}

TEST(SseReader, ReadsEventsWithAllLineEndings) {
  EXPECT_THAT(read("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata:d\n\n"),
              ElementsAre(SseEvent{"", "a"}, SseEvent{"", "b"}, SseEvent{"", "c"}, SseEvent{"", "d"}));
}

TEST(SseReader, JoinsDataLinesAndKeepsTheName) {
  EXPECT_THAT(read("event: error\ndata: one\ndata:  two\ndata\n\n"), ElementsAre(SseEvent{"error", "one\n two\n"}));
}

TEST(SseReader, SkipsWhatIsNoData) {
  EXPECT_THAT(read(": comment\nid: 7\nretry: 5\nunknown: x\n\nevent: lonely\n\ndata: x\n\n"),
              ElementsAre(SseEvent{"", "x"}));
}

TEST(SseReader, SkipsAByteOrderMarkAtTheBeginningOnly) {
  EXPECT_THAT(read("\xef\xbb\xbf"
                   "data: a\n\n\xef\xbb\xbf"
                   "data: b\n\n"),
              ElementsAre(SseEvent{"", "a"}));
}

TEST(SseReader, DoesNotDeliverAnEventThatWasNotEnded) {
  EXPECT_THAT(read("data: a"), IsEmpty());
  EXPECT_THAT(read("data: a\n"), IsEmpty());
}

TEST(SseReader, EmptyDataIsAnEvent) { EXPECT_THAT(read("data:\n\n"), ElementsAre(SseEvent{"", ""})); }

TEST(SseReader, EveryCutReadsTheSame) {
  constexpr std::string_view kStream =
      "\xef\xbb\xbf: hi\r\nevent: x\r\ndata: {\"a\":\"\xc3\xa4\"}\r\ndata: 2\r\n\r\n\rdata: b\n\ndata: [DONE]\r\r";
  const auto whole = read(kStream);
  ASSERT_EQ(whole.size(), 3U);
  for (std::size_t piece = 1; piece < kStream.size(); ++piece) EXPECT_EQ(read(kStream, piece), whole) << piece;
}

TEST(SseReader, AnEventHasABound) {
  std::size_t events = 0;
  SseReader reader([&events](const SseEvent&) { ++events; });
  const std::string line = "data: " + std::string(SseReader::kMaxEvent / 4, 'x') + "\n";
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(reader.feed(line));
  EXPECT_FALSE(reader.feed(line));
  EXPECT_FALSE(reader.feed("\n\n"));
  EXPECT_EQ(events, 0U);
}

TEST(SseReader, ManyEventsHaveNoBound) {
  std::size_t events = 0;
  SseReader reader([&events](const SseEvent&) { ++events; });
  const std::string event = "data: " + std::string(SseReader::kMaxEvent / 2, 'x') + "\n\n";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(reader.feed(event));
  EXPECT_EQ(events, 5U);
}

}  // namespace
}  // namespace tidegate::cli
