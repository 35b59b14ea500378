#include "tests/support/sim/body_source.h"

#include <gtest/gtest.h>

#include "tests/support/sim/sse_writer.h"

namespace tidegate::sim {
namespace {

std::vector<std::string> pieces_of(BodySource& source) {
  std::vector<std::string> out;
  for (bool last = false; !last && out.size() < 1000;) {
    std::string piece;
    last = source.next(piece).last;
    out.push_back(piece);
  }
  return out;
}

std::shared_ptr<SseScript> script() {
  auto out = std::make_shared<SseScript>();
  out->opening = {"O1", "O2"};
  out->delta_before = "<";
  out->delta_after = ">";
  out->text = SampleText::fragments("a\"c", 1);
  out->closing = {"C"};
  return out;
}

TEST(ScriptSource, OpensSpeaksAndCloses) {
  const auto source = script_source(script());
  EXPECT_EQ(pieces_of(*source), (std::vector<std::string>{"O1", "O2", "<a>", "<\\\">", "<c>", "C"}));
}

TEST(ScriptSource, OnlyDeltasArePaced) {
  const auto source = script_source(script());
  std::string paced;
  for (bool last = false; !last;) {
    paced += source->next_is_paced() ? 'p' : '-';
    std::string piece;
    last = source->next(piece).last;
  }
  EXPECT_EQ(paced, "--ppp-");
}

TEST(ScriptSource, NumbersDeltas) {
  auto numbered = script();
  numbered->first_sequence = 4;
  numbered->delta_between = ":";
  EXPECT_EQ(pieces_of(*script_source(numbered))[3], "<5:\\\">");
}

TEST(ScriptSource, InjectsAndGoesOnOrEnds) {
  auto with = script();
  with->injection = Injection{1, "!", false};
  EXPECT_EQ(pieces_of(*script_source(with)), (std::vector<std::string>{"O1", "O2", "<a>", "!", "<\\\">", "<c>", "C"}));
  with->injection = Injection{99, "!", true};
  EXPECT_EQ(pieces_of(*script_source(with)), (std::vector<std::string>{"O1", "O2", "<a>", "<\\\">", "<c>", "!"}));
}

TEST(SplitSource, CutsAnywhereAndKnowsTheLast) {
  for (std::size_t size = 1; size < 20; ++size) {
    const auto parts = pieces_of(*split_source(script_source(script()), size));
    std::string whole;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_TRUE(i + 1 == parts.size() || parts[i].size() == size);
      EXPECT_FALSE(parts[i].empty());
      whole += parts[i];
    }
    EXPECT_EQ(whole, "O1O2<a><\\\"><c>C");
  }
}

TEST(GzipSource, IsStoredBlocksWithTheRightEnd) {
  const auto parts = pieces_of(*gzip_source(string_source(std::make_shared<const std::string>("123456789"))));
  ASSERT_EQ(parts.size(), 1U);
  const std::string expected(
      "\x1f\x8b\x08\0\0\0\0\0\0\xff\0\x09\0\xf6\xff"
      "123456789"
      "\1\0\0\xff\xff\x26\x39\xf4\xcb\x09\0\0\0",
      37);
  EXPECT_EQ(parts[0], expected);
}

TEST(LongBody, SplicesTheText) {
  const auto body = std::make_shared<LongBody>(LongBody{"{\"a\":\"", SampleText::filler(10, 4), "\"}"});
  const auto parts = pieces_of(*long_body_source(body));
  EXPECT_EQ(parts, (std::vector<std::string>{"{\"a\":\"abcd", "efgh", "ij\"}"}));
  EXPECT_EQ(body->bytes(), 18U);
}

}  // namespace
}  // namespace tidegate::sim
