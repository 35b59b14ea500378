#include "cli/render_config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

std::string yaml(const char* text) { return to_yaml(nlohmann::ordered_json::parse(text)); }

TEST(ToYaml, BlocksKeepTheirOrder) {
  EXPECT_EQ(
      yaml(
          R"({"llm":{"provider":"openapi","timeout":30000},"gateway":{"listen":["127.0.0.1:8433"],"clients":[{"name":"ann","key":"k1"},{"name":"bob"}],"empty":{}}})"),
      "llm:\n"
      "  provider: openapi\n"
      "  timeout: 30000\n"
      "gateway:\n"
      "  listen:\n"
      "    - \"127.0.0.1:8433\"\n"
      "  clients:\n"
      "    - name: ann\n"
      "      key: k1\n"
      "    - name: bob\n"
      "  empty: {}\n");
}

TEST(ToYaml, QuotesWhatIsNoPlainWord) {
  EXPECT_EQ(
      yaml(R"({"a":"true","b":"No","c":"12","d":"a: b","e":"","f":"/run/x.sock","g":"1e5","h":true,"i":null,"k":"~"})"),
      "\"a\": \"true\"\n\"b\": \"No\"\n\"c\": \"12\"\n\"d\": \"a: b\"\n\"e\": \"\"\n\"f\": /run/x.sock\n\"g\": "
      "\"1e5\"\n\"h\": true\n\"i\": null\n\"k\": \"~\"\n");
}

TEST(ToYaml, EscapesWhatSteersATerminal) {
  EXPECT_EQ(yaml(R"({"key":"\u001b[2J\u202eä"})"), "key: \"\\u001b[2J\\u202e\\u00e4\"\n");
}

TEST(RenderConfig, TellsWhereItIsFrom) {
  const View view{Painter{}, Moment{}, "/root"};
  EXPECT_EQ(
      render_config(
          R"({"path":"/root/.openclaw/config.yaml","digest":"3fa9c1d2e4b8aaaa","generation":3,"config":{"llm":{"model":"gpt-4"}}})",
          view),
      "# in force, from ~/.openclaw/config.yaml\n# digest 3fa9c1d2e4b8, generation 3\nllm:\n  model: gpt-4\n");
  EXPECT_EQ(render_config("{}", view), "");
}

}  // namespace
}  // namespace tidegate::cli
