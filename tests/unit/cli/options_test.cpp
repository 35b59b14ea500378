#include "cli/options.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/failure.h"

namespace tidegate::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

template <class T>
T parse_as(const std::vector<std::string>& args) {
  const auto parsed = parse_options("tidegate", args);
  const auto* options = std::get_if<Options>(&parsed);
  if (options == nullptr || !std::holds_alternative<T>(options->command)) {
    ADD_FAILURE() << (options == nullptr ? std::get<OnlyText>(parsed).text : "another command");
    return T{};
  }
  return std::get<T>(options->command);
}

Options parse_good(const std::vector<std::string>& args) {
  auto parsed = parse_options("tidegate", args);
  return std::holds_alternative<Options>(parsed) ? std::get<Options>(parsed) : Options{};
}

std::string parse_wrong(const std::vector<std::string>& args) {
  const auto parsed = parse_options("tidegate", args);
  if (std::holds_alternative<Options>(parsed)) return "accepted";
  EXPECT_EQ(std::get<OnlyText>(parsed).exit_code, kUsage);
  EXPECT_THAT(std::get<OnlyText>(parsed).text, Not(HasSubstr("\n")));
  return std::get<OnlyText>(parsed).text;
}

TEST(Options, Commands) {
  EXPECT_FALSE(parse_as<StatusCommand>({"status"}).json);
  EXPECT_TRUE(parse_as<StatusCommand>({"status", "--json", "--watch"}).json);
  EXPECT_TRUE(parse_as<StatusCommand>({"status", "--watch"}).watch);
  parse_as<ReloadCommand>({"reload"});
  EXPECT_TRUE(parse_as<DrainCommand>({"drain", "--no-wait"}).no_wait);
  EXPECT_TRUE(parse_as<ExchangesCommand>({"exchanges", "--json"}).json);
  EXPECT_TRUE(parse_as<QueueCommand>({"queue", "--json"}).json);
  EXPECT_TRUE(parse_as<HealthCommand>({"health", "--json"}).json);
  EXPECT_EQ(parse_as<ConfigCheckCommand>({"config", "check", "a.yaml"}).file, "a.yaml");
  EXPECT_EQ(parse_as<ConfigCheckCommand>({"config", "check"}).file, "");
  EXPECT_TRUE(parse_as<ConfigShowCommand>({"config", "show", "--json"}).json);
  EXPECT_EQ(parse_as<ConfigDigestCommand>({"config", "digest", "--config", "a.yaml"}).file, "a.yaml");
  parse_as<VersionCommand>({"version"});
}

TEST(Options, Chat) {
  const auto chat = parse_as<ChatCommand>({"chat", "say", "-m", "m1", "hello", "--system", "be kind", "-v"});
  EXPECT_THAT(chat.words, ElementsAre("say", "hello"));
  EXPECT_EQ(chat.model, "m1");
  EXPECT_EQ(chat.system, "be kind");
  EXPECT_TRUE(chat.verbose);
  EXPECT_EQ(parse_as<ChatCommand>({"chat", "hi"}).model, "default");
  EXPECT_THAT(parse_as<ChatCommand>({"chat", "-"}).words, ElementsAre("-"));
  EXPECT_THAT(parse_as<ChatCommand>({"chat", "--", "-v", "status"}).words, ElementsAre("-v", "status"));
  EXPECT_THAT(parse_as<ChatCommand>({"chat", "what", "is", "the", "status", "of", "reload"}).words.size(), 6U);
  EXPECT_THAT(parse_as<ChatCommand>({"chat", "status", "reload"}).words, ElementsAre("status", "reload"));
}

TEST(Options, GlobalOnesMayStandAnywhere) {
  EXPECT_THAT(parse_good({"--runtime-dir", "/x", "status"}).runtime_dir, Optional(std::string("/x")));
  EXPECT_THAT(parse_good({"config", "show", "--runtime-dir=/x"}).runtime_dir, Optional(std::string("/x")));
  EXPECT_EQ(parse_good({"status"}).runtime_dir, std::nullopt);
  EXPECT_EQ(parse_good({"status", "--color", "never"}).color, ColorMode::never);
  EXPECT_EQ(parse_good({"--color=always", "status"}).color, ColorMode::always);
}

TEST(Options, WrongUsageIsOneLine) {
  EXPECT_THAT(parse_wrong({}), HasSubstr("no command given"));
  EXPECT_THAT(parse_wrong({"nonsense\x1b"}), HasSubstr("unknown command: nonsense\\x1b"));
  EXPECT_THAT(parse_wrong({"config", "nonsense"}), HasSubstr("unknown command: nonsense"));
  EXPECT_THAT(parse_wrong({"config"}), HasSubstr("no command given"));
  EXPECT_THAT(parse_wrong({"status", "--nope"}), HasSubstr("unexpected argument: --nope"));
  EXPECT_THAT(parse_wrong({"reload", "extra"}), HasSubstr("extra"));
  EXPECT_THAT(parse_wrong({"chat"}), HasSubstr("TEXT is required"));
  EXPECT_THAT(parse_wrong({"--color", "blue", "status"}), HasSubstr("blue"));
  EXPECT_THAT(parse_wrong({"status", "reload"}), Not("accepted"));
}

TEST(Options, HelpShowsTheNameItWasCalledBy) {
  const auto help = std::get<OnlyText>(parse_options("openclaw", {"--help"}));
  EXPECT_EQ(help.exit_code, kGood);
  EXPECT_THAT(help.text, HasSubstr("openclaw ["));
  EXPECT_THAT(std::get<OnlyText>(parse_options("openclaw", {"chat", "--help"})).text, HasSubstr("openclaw chat"));
}

TEST(Options, HelpFits80Columns) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--help"},
                                               {"status", "--help"},
                                               {"chat", "--help"},
                                               {"drain", "--help"},
                                               {"config", "--help"},
                                               {"config", "digest", "--help"}}) {
    std::istringstream lines(std::get<OnlyText>(parse_options("tidegate", args)).text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Options, Version) {
  EXPECT_THAT(std::get<OnlyText>(parse_options("openclaw", {"--version"})).text, testing::StartsWith("tidegate "));
}

}  // namespace
}  // namespace tidegate::cli
