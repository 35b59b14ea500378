#include "daemon/app/daemon_options.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/version.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct DaemonOptionsTest : testing::Test {
  std::map<std::string, std::string> variables;
  std::string out, error;

  ParsedOptions parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "tidegated");
    const Environment environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    auto parsed = parse_options(static_cast<int>(arguments.size()), arguments.data(), environment);
    out = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return parsed;
  }
};

TEST_F(DaemonOptionsTest, FlagsAreTaken) {
  const auto parsed = parse({"--config", "/c.yaml", "--state-dir=/s", "--runtime-dir", "/r", "--log-level", "debug"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->config, "/c.yaml");
  EXPECT_EQ(parsed.options->state_dir, "/s");
  EXPECT_EQ(parsed.options->runtime_dir, "/r");
  EXPECT_EQ(parsed.options->log_level, "debug");
  EXPECT_FALSE(parsed.options->check_config);
  EXPECT_FALSE(parsed.options->print_config);
  EXPECT_TRUE(parse({"--check-config"}).options->check_config);
  EXPECT_TRUE(parse({"--print-config"}).options->print_config);
}

TEST_F(DaemonOptionsTest, TheServiceManagersFoldersAreTheDefault) {
  variables = {{"STATE_DIRECTORY", "/var/lib/tidegate"}, {"RUNTIME_DIRECTORY", "/run/tidegate"}};
  auto parsed = parse({});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->state_dir, "/var/lib/tidegate");
  EXPECT_EQ(parsed.options->runtime_dir, "/run/tidegate");
  EXPECT_EQ(parsed.options->log_level, "");
  parsed = parse({"--runtime-dir", "/r"});
  EXPECT_EQ(parsed.options->runtime_dir, "/r");
}

TEST_F(DaemonOptionsTest, TheConfigurationIsFoundThroughTheEnvironment) {
  const config::ScopedVariable variable("TIDEGATE_CONFIG", "/from/environment.yaml");
  EXPECT_EQ(parse({}).options->config, "/from/environment.yaml");
  EXPECT_EQ(parse({"--config", "/from/flag.yaml"}).options->config, "/from/flag.yaml");
}

TEST_F(DaemonOptionsTest, HelpAndVersionEndWell) {
  auto parsed = parse({"--version"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exit_code, 0);
  EXPECT_EQ(out, std::string("tidegated ") + kVersion + "\n");
  parsed = parse({"--help"});
  EXPECT_EQ(parsed.exit_code, 0);
  for (const char* flag : {"--config", "--state-dir", "--runtime-dir", "--check-config", "--log-level", "--version"})
    EXPECT_THAT(out, HasSubstr(flag));
}

TEST_F(DaemonOptionsTest, WrongUsageIsOneLineAndExitCode2) {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"--nonsense"}, {"--config"}, {"--log-level", "loud"}, {"start"}}) {
    const auto parsed = parse(arguments);
    EXPECT_FALSE(parsed.options);
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_THAT(error, StartsWith("tidegated: "));
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
    EXPECT_EQ(out, "");
  }
}

}  // namespace
}  // namespace tidegate::app
