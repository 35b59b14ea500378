#include "daemon/dispatch/body_inspector.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::dispatch {
namespace {

BodyInspector& inspector() {
  static BodyInspector one;  // as in the daemon: its buffers go from body to body
  return one;
}

// The body as it goes on, with the configured model "m".
std::string with_default(std::string body, std::string_view model = "m") {
  const auto facts = inspector().inspect(body);
  set_default_model(body, facts, model);
  return body;
}

struct Splice {
  const char* body;
  const char* expected;
};
class DefaultModel : public testing::TestWithParam<Splice> {};

TEST_P(DefaultModel, ChangesNothingElse) { EXPECT_EQ(with_default(GetParam().body), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Named, DefaultModel,
    testing::Values(Splice{R"({"model":"default"})", R"({"model":"m"})"}, Splice{R"({"model":""})", R"({"model":"m"})"},
                    Splice{R"({"model":null})", R"({"model":"m"})"},
                    Splice{"\n { \"a\" : 1 , \"model\" \t: \"default\" \r\n, \"b\":[ 2 ] } \n",
                           "\n { \"a\" : 1 , \"model\" \t: \"m\" \r\n, \"b\":[ 2 ] } \n"},
                    Splice{"{\"model\" : null \n}", "{\"model\" : \"m\" \n}"},
                    Splice{R"({"model":"def\u0061ult"})", R"({"model":"m"})"},
                    Splice{R"({"a":{"model":"x"},"model":"default"})", R"({"a":{"model":"x"},"model":"m"})"},
                    // The last of doubled keys is what JSON parsers take.
                    Splice{R"({"model":"x","model":"default"})", R"({"model":"x","model":"m"})"},
                    Splice{R"({"model":"default","model":"x"})", R"({"model":"default","model":"x"})"},
                    Splice{R"({"model":null,"model":"x"})", R"({"model":null,"model":"x"})"},
                    Splice{R"({"model":"x","model":null})", R"({"model":"x","model":"m"})"}));

INSTANTIATE_TEST_SUITE_P(
    Missing, DefaultModel,
    testing::Values(Splice{"{}", R"({"model":"m"})"}, Splice{" { } ", R"( {"model":"m" } )"},
                    Splice{R"({"a":1})", R"({"model":"m","a":1})"},
                    Splice{"{\n \"a\": 1\n}", "{\"model\":\"m\",\n \"a\": 1\n}"},
                    Splice{R"({"messages":[{"model":"default"}],"x":{"model":"default"}})",
                           R"({"model":"m","messages":[{"model":"default"}],"x":{"model":"default"}})"},
                    Splice{R"({"Model":"x"})", R"({"model":"m","Model":"x"})"},
                    Splice{R"({"model ":"x"})", R"({"model":"m","model ":"x"})"},
                    Splice{R"({"a":"\"model\":\"default\""})", R"({"model":"m","a":"\"model\":\"default\""})"}));

INSTANTIATE_TEST_SUITE_P(LeftAlone, DefaultModel,
                         testing::Values(Splice{R"({"model":"gpt-4"})", R"({"model":"gpt-4"})"},
                                         Splice{R"({"model":"Default"})", R"({"model":"Default"})"},
                                         Splice{R"({"model":1})", R"({"model":1})"},
                                         Splice{R"({"model":true})", R"({"model":true})"},
                                         Splice{R"({"model":["default"]})", R"({"model":["default"]})"},
                                         Splice{R"({"model":{"model":"default"}})", R"({"model":{"model":"default"}})"},
                                         Splice{"", ""}, Splice{" ", " "}, Splice{"[]", "[]"}, Splice{"[{}]", "[{}]"},
                                         Splice{"\"default\"", "\"default\""}, Splice{"null", "null"}, Splice{"7", "7"},
                                         Splice{"nonsense", "nonsense"}, Splice{"\xef\xbb\xbf{}", "\xef\xbb\xbf{}"},
                                         Splice{"{\"a\":\"\xff\"}", "{\"a\":\"\xff\"}"},
                                         Splice{"{\"a\":\"", "{\"a\":\""}));

// Broken JSON is the upstream's to judge: whatever happens to the model, all other bytes stay.
INSTANTIATE_TEST_SUITE_P(Broken, DefaultModel,
                         testing::Values(Splice{R"({"model":nu})", R"({"model":nu})"},
                                         Splice{R"({"model":n,"a":1})", R"({"model":n,"a":1})"},
                                         Splice{R"({"model":nulls,"a":1})", R"({"model":nulls,"a":1})"},
                                         Splice{R"({"model":nope})", R"({"model":nope})"},
                                         Splice{R"({"model":"default"} x)", R"({"model":"default"} x)"}));

TEST(BodyInspector, SeesTheFactsOfTheTopLevel) {
  std::string body = R"( {"stream":true, "model" : "gpt-4" ,"x":{"stream":false,"model":"y"},"n":[1,2]})";
  const auto facts = inspector().inspect(body);
  EXPECT_TRUE(facts.is_object);
  EXPECT_FALSE(facts.empty_object);
  EXPECT_TRUE(facts.stream);
  EXPECT_TRUE(facts.has_model);
  EXPECT_EQ(facts.model, "gpt-4");
  EXPECT_EQ(facts.open_at, 1U);
  EXPECT_EQ(body.substr(facts.model_at, facts.model_size), "\"gpt-4\"");
}

TEST(BodyInspector, StreamIsTrueOnlyWhereItIsTrue) {
  for (const char* value : {"false", "null", "1", "\"true\"", "[true]", "{\"stream\":true}"}) {
    std::string body = std::string("{\"stream\":") + value + "}";
    EXPECT_FALSE(inspector().inspect(body).stream) << value;
  }
  std::string nested = R"({"a":{"stream":true},"b":[{"stream":true}]})";
  EXPECT_FALSE(inspector().inspect(nested).stream);
}

TEST(BodyInspector, FollowsEscapesAndLongNames) {
  std::string body = R"({"model":"a\"b\\c\u00e9\n\ud83d\ude00","x":1})";
  const auto facts = inspector().inspect(body);
  EXPECT_EQ(facts.model, "a\"b\\c\xc3\xa9\n\xf0\x9f\x98\x80");
  EXPECT_EQ(body.substr(facts.model_at, facts.model_size), R"("a\"b\\c\u00e9\n\ud83d\ude00")");
  std::string quotes = R"({"model":"default\"","x":"\""})";
  EXPECT_EQ(with_default(quotes), quotes);
}

TEST(BodyInspector, TheConfiguredNameIsEscaped) {
  const std::string name = "a\"b\\c\n\x01\xc3\xa9";
  const auto body = with_default(R"({"model":"default","a":1})", name);
  EXPECT_EQ(nlohmann::json::parse(body).at("model"), name);
}

TEST(BodyInspector, EveryTruncationKeepsTheBytesThatAreThere) {
  const std::string whole = R"({"messages":[{"role":"user","content":"hi \"you\""}],"model":"default","stream":true})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = whole.substr(0, size);
    auto body = with_default(cut);
    if (body == cut) continue;
    // Either a model was put in at the brace, or the token was replaced.
    if (body.substr(0, 12) == R"({"model":"m")") {
      body.erase(1, body.compare(12, 1, ",") == 0 ? 12 : 11);
    } else {
      body.replace(body.find(R"("m")"), 3, R"("default")");
    }
    EXPECT_EQ(body, cut) << size;
  }
}

TEST(BodyInspector, TakesALongBody) {
  std::string body = R"({"messages":[")" + std::string(std::size_t{8} << 20, 'x') + R"("],"model":"default"})";
  const auto size = body.size();
  body = with_default(std::move(body));
  EXPECT_EQ(body.size(), size - 6);
  EXPECT_EQ(body.substr(body.size() - 15), R"("],"model":"m"})");
  EXPECT_EQ(with_default("{}"), R"({"model":"m"})") << "and a small one behind it";
}

TEST(BodyInspector, DeepNestingEndsNothing) {
  const std::string deep =
      R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + R"(,"model":"default"})";
  const auto body = with_default(deep);
  EXPECT_GE(body.size() + 12, deep.size());
}

TEST(BodyInspector, TheBytesBehindTheBodyDoNotMatter) {
  std::string body = R"({"model":"default"})";
  body.reserve(4096);
  body += "garbage\"}{";
  body.resize(19);
  EXPECT_EQ(with_default(std::move(body)), R"({"model":"m"})");
}

}  // namespace
}  // namespace tidegate::dispatch
