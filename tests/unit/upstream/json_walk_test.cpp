#include "daemon/upstream/json_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tidegate::upstream {
namespace {

using testing::ElementsAre;

struct Recorder final : JsonWalk::Listener {
  static std::string path(const JsonWalk& at) {
    std::string out;
    for (std::size_t level = 1; level <= at.depth(); ++level)
      out += at.in_array(level) ? std::string("[]") : "." + std::string(at.key(level));
    return out;
  }
  void scalar(const JsonWalk& at, std::string_view token, bool is_string) override {
    seen.push_back(path(at) + (is_string ? "=\"" : "=") + std::string(token));
  }
  void opened(const JsonWalk& at) override { seen.push_back(path(at) + " opened"); }
  void closed(const JsonWalk& at) override { seen.push_back(path(at) + " closed"); }
  std::vector<std::string> seen;
};

std::vector<std::string> seen_in(std::string_view text, std::size_t piece) {
  Recorder recorder;
  JsonWalk walk;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) walk.feed(text.substr(0, piece), recorder);
  recorder.seen.emplace_back(walk.whole() ? "whole" : "not whole");
  return recorder.seen;
}

bool whole(std::string_view text) {
  Recorder recorder;
  JsonWalk walk;
  walk.feed(text, recorder);
  walk.feed("\n", recorder);
  return walk.whole();
}

TEST(JsonWalk, TellsWhereEachScalarStands) {
  EXPECT_THAT(seen_in(R"({"a": 1, "b":[{"c":"x"}, true]})", 100),
              ElementsAre(". opened", ".a=1", ".b[] opened", ".b[]. opened", ".b[].c=\"x", ".b[].c closed", ".b[]=true",
                          ".b[] closed", ".b closed", "whole"));
}

TEST(JsonWalk, TheWayItIsSplitChangesNothing) {
  const std::string text =
      R"( {"id":"a\"b\\","choices":[{"index":0,"delta":{"x":[[1,2],{"y":null}]},"e":-1.5e+3}],"n":{}} )";
  const auto expected = seen_in(text, text.size());
  EXPECT_EQ(expected.back(), "whole");
  for (std::size_t piece = 1; piece < text.size(); ++piece) EXPECT_EQ(seen_in(text, piece), expected) << piece;
}

TEST(JsonWalk, DeeperThanItsLevelsItOnlyFollows) {
  EXPECT_THAT(
      seen_in(R"([[[["deep"],{"k":1}]]])", 3),
      ElementsAre("[] opened", "[][] opened", "[][][] opened", "[][][] closed", "[][] closed", "[] closed", "whole"));
}

TEST(JsonWalk, AgreesWithAParserOnWhatIsWhole) {
  for (const char* text : {"{}", "[]", "1", "-0.5", "1e9", "\"x\"", "null", "true", "false", "{\"a\":1}", "[1,2,3]",
                           "[{},{}]", "{\"a\":{\"b\":[]}}", " { } ", "{\"a\":\"\\\"\"}", "{\"a\":\"\\\\\"}"}) {
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
    EXPECT_TRUE(whole(text)) << text;
  }
  for (const char* text : {"",           "{",          "}",
                           "[",          "]",          "{]",
                           "[}",         "{\"a\"",     "{\"a\":}",
                           "{\"a\":1",   "{\"a\":1,}", "{,}",
                           "{a:1}",      "{1:2}",      "[1,]",
                           "[,1]",       "[1 2]",      "{\"a\" 1}",
                           "\"x",        "\"x\\\"",    "nul",
                           "True",       "undefined",  "{}{}",
                           "{},",        "1 2",        "-",
                           "{\"a\":1}]", "'x'",        "{\"a\"::1}",
                           "{\"a\":+1}", "[DONE]",     "{\"a\":1\"b\":2}"}) {
    EXPECT_FALSE(nlohmann::json::accept(text)) << text;
    EXPECT_FALSE(whole(text)) << text;
  }
}

TEST(JsonWalk, LongKeysAndTextsAreBounded) {
  const std::string key(JsonWalk::kMaxKey + 1, 'k');
  const std::string text(1000, 't');
  EXPECT_THAT(seen_in("{\"" + key + "\":\"" + text + "\"}", 7),
              ElementsAre(". opened", ".=\"" + text.substr(0, JsonWalk::kMaxToken), ". closed", "whole"));
  EXPECT_THAT(seen_in("{\"" + key.substr(1) + "\":1}", 7)[1], key.substr(1).insert(0, ".") + "=1");
}

TEST(JsonWalk, NestingIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(whole(nested(JsonWalk::kMaxDepth)));
  EXPECT_FALSE(whole(nested(JsonWalk::kMaxDepth + 1)));
  EXPECT_FALSE(whole(nested(1'000'000)));
  static_assert(sizeof(JsonWalk) <= 512, "constant memory, whatever the length of the text");
}

TEST(JsonWalk, BeginsAnew) {
  Recorder recorder;
  JsonWalk walk;
  walk.feed("{broken", recorder);
  EXPECT_TRUE(walk.begun());
  EXPECT_TRUE(walk.is_object());
  walk.reset();
  EXPECT_FALSE(walk.begun());
  walk.feed("[1]", recorder);
  EXPECT_TRUE(walk.whole());
  EXPECT_FALSE(walk.is_object());
}

}  // namespace
}  // namespace tidegate::upstream
