#include "daemon/app/offline_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/config/config_texts.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::app {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct OfflineCommands : testing::Test {
  config::TempFolder folder;
  std::string out, error;

  int run(int (*command)(const std::filesystem::path&), const std::filesystem::path& path) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command(path);
    out = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return code;
  }
};

TEST_F(OfflineCommands, AGoodFileIsSaidToBeGood) {
  const auto file = folder.write("c.yaml", config::kGuide);
  EXPECT_EQ(run(check_config, file), 0);
  EXPECT_THAT(out, StartsWith(file.string() + ": good (digest "));
  EXPECT_EQ(error, "");
}

TEST_F(OfflineCommands, WarningsAreSaidAndStillGood) {
  const auto file = folder.write("c.yaml", config::kGuide, 0644);
  EXPECT_EQ(run(check_config, file), 0);
  EXPECT_THAT(out, StartsWith("warning: "));
}

TEST_F(OfflineCommands, ABadFileIsOneLineAndExitCode78) {
  const auto file = folder.write("c.yaml", std::string(config::kGuide) + "nonsense: 1\n");
  for (auto* command : {check_config, print_config}) {
    EXPECT_EQ(run(command, file), 78);
    EXPECT_EQ(out, "");
    EXPECT_THAT(error, StartsWith("tidegated: " + file.string() + ":8:1: "));
    EXPECT_THAT(error, EndsWith("\n"));
    EXPECT_THAT(error, Not(HasSubstr("your-proxy-api-key")));
  }
  EXPECT_EQ(run(check_config, folder.path() / "none.yaml"), kExitConfig);
}

TEST_F(OfflineCommands, TheEffectiveConfigurationIsJsonWithoutSecrets) {
  EXPECT_EQ(run(print_config, folder.write("c.yaml", config::kGuide)), 0);
  const auto json = nlohmann::json::parse(out);
  EXPECT_EQ(json.at("digest").get<std::string>().size(), 64U);
  EXPECT_EQ(json.at("config").at("llm").at("openapi").at("apiKey"), "[redacted]");
  EXPECT_THAT(out, Not(HasSubstr("your-proxy-api-key")));
}

}  // namespace
}  // namespace tidegate::app
