#include "cli/daemon_program.h"

#include <filesystem>
#include <fstream>

#include <stdlib.h>

#include <gtest/gtest.h>

#include "cli/failure.h"

namespace tidegate::cli {
namespace {

namespace fs = std::filesystem;

Context context_of(const std::string& program, const std::string& path) {
  Context context;
  context.program = program;
  context.environment = [path](const char* name) {
    return std::string(name) == "PATH" ? std::optional(path) : std::nullopt;
  };
  return context;
}

TEST(RunProgram, GivesExitCodeSignalAndOutput) {
  std::string out;
  EXPECT_EQ(run_program("/bin/sh", {"-c", "echo \"$1\"; exit 78", "sh", "a b"}, &out), 78);
  EXPECT_EQ(out, "a b\n");
  EXPECT_EQ(run_program("/bin/sh", {"-c", "kill -9 $$"}), 128 + 9);
}

TEST(RunProgram, CapturesUpToABound) {
  std::string out;
  EXPECT_EQ(run_program("/bin/sh", {"-c", "yes | head -c 9000000"}, &out), 0);
  EXPECT_GE(out.size(), kMaxCaptured);
  EXPECT_LT(out.size(), kMaxCaptured + 100'000);
}

TEST(RunProgram, CannotStart) { EXPECT_THROW(run_program("/nonexistent/tidegated", {}), Failure); }

TEST(FindDaemon, BesideThisProgramThenOnPathThenNowhere) {
  std::string folder = (fs::temp_directory_path() / "tidegate-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  folder = fs::canonical(folder).string();
  const auto add = [&folder](const std::string& name) {
    fs::create_directories((folder / fs::path(name)).parent_path());
    std::ofstream(folder / fs::path(name)) << "#!/bin/sh\n";
    fs::permissions(folder / fs::path(name), fs::perms::owner_all);
  };
  add("bin/tidegate");
  EXPECT_THROW(find_daemon(context_of(folder + "/bin/tidegate", folder)), Failure);
  add("path/tidegated");
  EXPECT_EQ(find_daemon(context_of(folder + "/bin/tidegate", "/nonexistent::" + folder + "/path")),
            folder + "/path/tidegated");
  add("bin/tidegated");
  EXPECT_EQ(find_daemon(context_of(folder + "/bin/tidegate", folder + "/path")), folder + "/bin/tidegated");
  EXPECT_EQ(find_daemon(context_of("tidegate", folder + "/bin")), folder + "/bin/tidegated");
  fs::create_symlink(folder + "/bin/tidegate", folder + "/openclaw");
  EXPECT_EQ(find_daemon(context_of(folder + "/openclaw", "")), folder + "/bin/tidegated");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace tidegate::cli
