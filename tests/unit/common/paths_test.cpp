#include "common/paths.h"

#include <cstdlib>
#include <map>
#include <utility>

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tidegate {
namespace {

Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(RuntimeDir, IsWhatTheServiceManagerSays) {
  EXPECT_EQ(runtime_dir(with({{"RUNTIME_DIRECTORY", "/run/here"}, {"XDG_RUNTIME_DIR", "/run/user/1"}})), "/run/here");
  EXPECT_EQ(runtime_dir(with({{"RUNTIME_DIRECTORY", "/run/here:/run/there"}})), "/run/here");
}

TEST(RuntimeDir, IsElseTheSessions) {
  EXPECT_EQ(runtime_dir(with({{"XDG_RUNTIME_DIR", "/run/user/1"}})), "/run/user/1/tidegate");
}

TEST(RuntimeDir, IsElseAFolderThatOtherUsersDoNotShare) {
  if (::geteuid() == 0) {
    EXPECT_EQ(runtime_dir(with({{"TMPDIR", "/scratch"}})), "/run/tidegate");
  } else {
    EXPECT_EQ(runtime_dir(with({})), fmt::format("/tmp/tidegate-{}", ::geteuid()));
    EXPECT_EQ(runtime_dir(with({{"TMPDIR", "/scratch"}})), fmt::format("/scratch/tidegate-{}", ::geteuid()));
  }
}

TEST(StateDir, IsWhatTheServiceManagerSays) {
  EXPECT_EQ(state_dir(with({{"STATE_DIRECTORY", "/var/lib/here"}, {"XDG_STATE_HOME", "/s"}})), "/var/lib/here");
  EXPECT_EQ(state_dir(with({{"STATE_DIRECTORY", "/var/lib/here:/var/lib/there"}})), "/var/lib/here");
}

TEST(StateDir, IsElseBelowTheHome) {
  EXPECT_EQ(state_dir(with({{"XDG_STATE_HOME", "/s"}, {"HOME", "/home/me"}})), "/s/tidegate");
#ifdef __APPLE__
  EXPECT_EQ(state_dir(with({{"HOME", "/home/me"}})), "/home/me/Library/Application Support/tidegate");
#else
  EXPECT_EQ(state_dir(with({{"HOME", "/home/me"}})), "/home/me/.local/state/tidegate");
#endif
}

TEST(HomeDir, IsTheEnvironmentsThenTheDatabases) {
  EXPECT_EQ(home_dir(with({{"HOME", "/home/me"}})), "/home/me");
  const passwd* entry = ::getpwuid(::geteuid());
  EXPECT_EQ(home_dir(with({})), entry == nullptr ? "" : entry->pw_dir);
}

TEST(ProcessEnvironment, TakesAnEmptyVariableForUnset) {
  const auto environment = process_environment();
  ::setenv("TIDEGATE_PATHS_TEST", "x", 1);
  EXPECT_EQ(environment("TIDEGATE_PATHS_TEST"), "x");
  ::setenv("TIDEGATE_PATHS_TEST", "", 1);
  EXPECT_EQ(environment("TIDEGATE_PATHS_TEST"), std::nullopt);
  ::unsetenv("TIDEGATE_PATHS_TEST");
  EXPECT_EQ(environment("TIDEGATE_PATHS_TEST"), std::nullopt);
}

}  // namespace
}  // namespace tidegate
