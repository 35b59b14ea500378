// Each check runs in a child process: what it changes cannot be undone.
#include "daemon/platform/process_hardening.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

bool holds_in_child(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check() ? 0 : 1);
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ProcessHardening, ForbidsMemoryDumps) {
  EXPECT_TRUE(holds_in_child([] {
    forbid_memory_dumps();
    rlimit limit{1, 1};
    return ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
  }));
}

#ifdef __linux__
TEST(ProcessHardening, ForbidsReadingTheMemory) {
  EXPECT_TRUE(holds_in_child([] {
    forbid_memory_dumps();
    return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
  }));
}
#endif

TEST(ProcessHardening, RaisesTheLimitOfDescriptors) {
  EXPECT_TRUE(holds_in_child([] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto hard = limit.rlim_max;
    limit.rlim_cur = 64;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const auto raised = raise_descriptor_limit();
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return raised > 64 && limit.rlim_cur == raised && (hard == RLIM_INFINITY || raised == hard);
  }));
}

TEST(ProcessHardening, SurvivesABrokenPipe) {
  EXPECT_TRUE(holds_in_child([] {
    ignore_broken_pipes();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    ::close(ends[0]);
    return ::write(ends[1], "x", 1) < 0 && errno == EPIPE;
  }));
}

TEST(ProcessHardening, KeepsNewFilesToItsOwner) {
  const test::TemporaryFolder folder;
  const auto file = folder / "file";
  EXPECT_TRUE(holds_in_child([&] {
    ::umask(0);
    restrict_new_files();
    struct stat status{};
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT, 0666);
    return fd >= 0 && ::fstat(fd, &status) == 0 && (status.st_mode & 0777) == 0600;
  }));
}

TEST(ProcessHardening, DoesItAllInOneCall) {
  EXPECT_TRUE(holds_in_child([] {
    ::umask(0);
    harden_process();
    rlimit core{1, 1};
    rlimit files{};
    struct sigaction action{};
    ::getrlimit(RLIMIT_CORE, &core);
    ::getrlimit(RLIMIT_NOFILE, &files);
    ::sigaction(SIGPIPE, nullptr, &action);
    return core.rlim_cur == 0 && files.rlim_cur > 0 && action.sa_handler == SIG_IGN && ::umask(0) == 077;
  }));
}

}  // namespace
}  // namespace tidegate::platform
