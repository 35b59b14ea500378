#include "cli/context.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(ColorsWanted, OptionThenEnvironment) {
  EXPECT_TRUE(colors_wanted(ColorMode::automatic, true, environment_of({{"TERM", "xterm"}})));
  EXPECT_FALSE(colors_wanted(ColorMode::automatic, false, environment_of({})));
  EXPECT_FALSE(colors_wanted(ColorMode::automatic, true, environment_of({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(colors_wanted(ColorMode::automatic, true, environment_of({{"TERM", "dumb"}})));
  EXPECT_TRUE(colors_wanted(ColorMode::always, false, environment_of({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(colors_wanted(ColorMode::never, true, environment_of({})));
}

TEST(RuntimeCandidates, OneThatWasGivenStandsAlone) {
  const auto environment = environment_of({{"TIDEGATE_RUNTIME_DIR", "/env"}, {"XDG_RUNTIME_DIR", "/run/user/7"}});
  EXPECT_THAT(runtime_candidates("/given", environment), ElementsAre("/given"));
  EXPECT_THAT(runtime_candidates(std::nullopt, environment), ElementsAre("/env"));
}

TEST(RuntimeCandidates, ElseTheUsersAndThenTheServices) {
  EXPECT_THAT(runtime_candidates(std::nullopt, environment_of({{"XDG_RUNTIME_DIR", "/run/user/7"}})),
              ElementsAre("/run/user/7/tidegate", "/run/tidegate"));
  EXPECT_THAT(runtime_candidates(std::nullopt, environment_of({{"RUNTIME_DIRECTORY", "/run/tidegate"}})),
              ElementsAre("/run/tidegate"));
}

TEST(FindSocket, TakesTheFirstThatIsThere) {
  std::string folder = (fs::temp_directory_path() / "tidegate-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::ofstream(fs::path(folder) / "control.sock") << "x";
  EXPECT_EQ(find_socket({"/nonexistent", folder}, "control.sock"), fs::path(folder) / "control.sock");
  EXPECT_EQ(find_socket({"/nonexistent", folder}, "api.sock"), "/nonexistent/api.sock");
  fs::remove_all(folder);
}

TEST(UnreachableLine, NamesEverySocketAndWhatToDo) {
  EXPECT_THAT(unreachable_line({"/nonexistent/a", "/nonexistent/b"}, "control.sock", "No such file or directory"),
              AllOf(HasSubstr("/nonexistent/a/control.sock (No such"), HasSubstr("none at /nonexistent/b/control.sock"),
                    HasSubstr("tidegated --config"), Not(HasSubstr("\n"))));
  EXPECT_THAT(unreachable_line({"/nonexistent"}, "control.sock", "Permission denied"),
              AllOf(HasSubstr("as root"), Not(HasSubstr("is it running"))));
}

}  // namespace
}  // namespace tidegate::cli
