#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/version.h"
#include "daemon/config/limits.h"
#include "daemon/config/loader.h"
#include "tests/unit/config/bad_llm.h"
#include "tests/unit/config/bad_llm_more.h"
#include "tests/unit/config/bad_others.h"
#include "tests/unit/config/bad_yaml.h"
#include "tests/unit/config/config_texts.h"

namespace tidegate::config {
namespace {

constexpr std::string_view kKey = "sk-topsecret0123456789";

std::string filled_in(std::string_view text) {
  const auto guide = replace_all(std::string(kGuide), "your-proxy-api-key", "KEY");
  return replace_all(replace_all(std::string(text), "GUIDE", guide), "KEY", kKey);
}

class Refusals : public testing::TestWithParam<BadText> {
 protected:
  /// What GetParam() is refused with; checks what holds for every refusal.
  static void check(const std::string& text, std::string_view wanted) {
    try {
      load_text(text, "c.yaml");
      FAIL() << "the text was taken";
    } catch (const ConfigError& error) {
      const std::string what = error.what();
      EXPECT_EQ(what, "c.yaml:" + replace_all(std::string(wanted), "VERSION", kVersion));
      EXPECT_TRUE(
          what.starts_with("c.yaml:" + std::to_string(error.line()) + ":" + std::to_string(error.column()) + ": "));
      EXPECT_EQ(what.find(kKey), std::string::npos) << "a refusal shows the key";
      EXPECT_NE(what.find("; expected "), std::string::npos) << "a refusal does not say what was expected";
      EXPECT_EQ(what.find('\n'), std::string::npos);
    }
  }
};

std::string name_of(const testing::TestParamInfo<BadText>& info) { return info.param.name; }

using BadYaml = Refusals;
TEST_P(BadYaml, HasItsExactLine) { check(filled_in(GetParam().text), GetParam().expected); }
INSTANTIATE_TEST_SUITE_P(Yaml, BadYaml, testing::ValuesIn(kBadYaml), name_of);
INSTANTIATE_TEST_SUITE_P(Llm, BadYaml, testing::ValuesIn(kBadLlm), name_of);
INSTANTIATE_TEST_SUITE_P(MoreLlm, BadYaml, testing::ValuesIn(kMoreBadLlm), name_of);

class BadBelowGuide : public Refusals {};
TEST_P(BadBelowGuide, HasItsExactLine) {
  check(filled_in("GUIDE" + std::string(GetParam().text)), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Others, BadBelowGuide, testing::ValuesIn(kBadOthers), name_of);

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Bounds, NestingInBracketsUpTo64Levels) {
  // The deepest allowed text fails later, for what it says.
  EXPECT_EQ(refusal_of(repeated("[", kMaxNesting) + repeated("]", kMaxNesting)),
            "c.yaml:1:1: a list stands here; expected a mapping with llm, gateway, upstream, queue, retry, log");
  EXPECT_EQ(refusal_of(repeated("[", kMaxNesting + 1) + repeated("]", kMaxNesting + 1)),
            "c.yaml:1:65: nested too deeply; expected at most 64 levels");
}

TEST(Bounds, NestingOfEveryKindEndsBeforeTheStackDoes) {
  constexpr std::size_t kDeep = 50'000;
  for (const auto* level : {"[", "{a: ", "{\"a\":", "- ", "? ", "[[", "{? "}) {
    const auto what = refusal_of(repeated(level, kDeep));
    EXPECT_NE(what.find("; expected "), std::string::npos) << level;
  }
  std::string indented;
  for (std::size_t i = 0; i <= kMaxNesting; ++i) indented += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(refusal_of(indented + std::string(kMaxNesting + 1, ' ') + "b: 1\n"),
            "c.yaml:65:65: nested too deeply; expected at most 64 levels");
}

TEST(Bounds, EntriesOfOneMappingOrList) {
  std::string keys;
  for (std::size_t i = 0; i <= kMaxEntries; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(refusal_of(keys), "c.yaml:1001:1: too many entries; expected at most 1000");
  EXPECT_EQ(refusal_of(repeated("- a\n", kMaxEntries + 1)),
            "c.yaml:1001:3: [1000]: too many entries; expected at most 1000");
}

TEST(Bounds, TextsOverOneMebibyte) {
  const auto text = [](std::size_t size) {
    const auto comments = repeated("#" + std::string(1'022, 'x') + "\n", kMaxFileBytes / 1'024);
    return std::string(kGuide) + comments.substr(0, size - kGuide.size());
  };
  EXPECT_EQ(refusal_of(text(kMaxFileBytes)), "");
  EXPECT_NE(refusal_of(text(kMaxFileBytes) + "x").find("the file is larger than 1048576 bytes; expected"),
            std::string::npos);
}

TEST(Bounds, LinesOver64KiB) {
  EXPECT_EQ(refusal_of(std::string(kGuide) + std::string(kMaxLineBytes, '#')), "");
  EXPECT_EQ(refusal_of(std::string(kGuide) + std::string(kMaxLineBytes + 1, '#')),
            "c.yaml:8:1: the line is too long; expected at most 65536 bytes");
}

TEST(Bounds, KeysModelsAndUrls) {
  const auto with_key = [](std::size_t size) {
    return replace_all(std::string(kGuide), "your-proxy-api-key", std::string(size, 'k'));
  };
  EXPECT_EQ(refusal_of(with_key(kMaxKeyBytes)), "");
  EXPECT_EQ(refusal_of(with_key(kMaxKeyBytes + 1)),
            "c.yaml:5:13: llm.openapi.apiKey: the key is too long; expected at most 8192 bytes");
  const auto with_model = [](std::size_t size) {
    return replace_all(std::string(kGuide), "gpt-4", std::string(size, 'm'));
  };
  EXPECT_EQ(refusal_of(with_model(kMaxModelBytes)), "");
  EXPECT_EQ(refusal_of(with_model(kMaxModelBytes + 1)),
            "c.yaml:6:12: llm.openapi.model: the text is too long; expected a text of 1 to 256 bytes");
  EXPECT_EQ(refusal_of(replace_all(std::string(kGuide), "/v1", "/" + std::string(kMaxUrlBytes, 'v'))),
            "c.yaml:4:14: llm.openapi.baseUrl: the URL is too long; expected at most 2048 bytes");
}

TEST(Bounds, ClientsAndHosts) {
  std::string clients = "gateway:\n  clients:\n";
  for (std::size_t i = 0; i <= kMaxClients; ++i)
    clients += "    - {name: n" + std::to_string(i) + ", key: k" + std::to_string(i) + "}\n";
  EXPECT_EQ(refusal_of(std::string(kGuide) + clients),
            "c.yaml:10:5: gateway.clients: too many entries; expected at most 256");
  EXPECT_EQ(refusal_of(std::string(kGuide) + "gateway:\n  hosts:\n" + repeated("  - h\n", kMaxHosts + 1)),
            "c.yaml:10:3: gateway.hosts: too many entries; expected at most 64");
}

TEST(Refusal, KeepsTheFileNameOnOneLine) {
  EXPECT_THROW(
      {
        try {
          load_text("", "a\nb.yaml");
        } catch (const ConfigError& error) {
          EXPECT_STREQ(error.what(), "a\\x0ab.yaml:1:1: the file says nothing; expected a mapping with llm");
          throw;
        }
      },
      ConfigError);
}

}  // namespace
}  // namespace tidegate::config
