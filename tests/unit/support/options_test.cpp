#include "tests/support/sim/options.h"

#include <vector>

#include <gtest/gtest.h>

namespace tidegate::sim {
namespace {

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "tidegate-sim");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, ReadsThem) {
  const auto parsed = parse({"--plain", "--listen", "[::1]:8080", "--token-delay", "20ms", "--models", "a, b,",
                             "--no-auth", "--tokens", "5"});
  ASSERT_TRUE(parsed.options.has_value());
  EXPECT_EQ(parsed.options->host, "::1");
  EXPECT_EQ(parsed.options->port, 8080);
  EXPECT_EQ(parsed.options->token_delay, std::chrono::milliseconds(20));
  EXPECT_EQ(parsed.options->models, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(parsed.options->check_key);
  EXPECT_EQ(parsed.options->tokens, 5U);
  EXPECT_EQ(parsed.options->api_key, "sk-sim");
}

TEST(Options, WrongUsageIsTwo) {
  const std::vector<std::vector<const char*>> wrong{{},
                                                    {"--plain", "--make-cert", "x"},
                                                    {"--cert", "x"},
                                                    {"--plain", "--key", "x"},
                                                    {"--plain", "--listen", "nowhere"},
                                                    {"--plain", "--listen", "a:70000"},
                                                    {"--plain", "--token-delay", "soon"},
                                                    {"--plain", "--api-key-file", "/nonexistent/key"},
                                                    {"--plain", "--tokens", "-1"},
                                                    {"--plain", "--nonsense"}};
  for (const auto& arguments : wrong) {
    const auto parsed = parse(arguments);
    EXPECT_FALSE(parsed.options.has_value());
    EXPECT_EQ(parsed.exit_code, 2);
  }
}

}  // namespace
}  // namespace tidegate::sim
