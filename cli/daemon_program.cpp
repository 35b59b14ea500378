#include "cli/daemon_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/failure.h"
#include "cli/text.h"

extern char** environ;

namespace tidegate::cli {
namespace fs = std::filesystem;
namespace {

constexpr char kDaemon[] = "tidegated";

bool is_program(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

// The first program of that name on $PATH; empty where there is none.
fs::path on_path(const std::string& name, const Environment& environment) {
  const auto path = environment("PATH").value_or("");
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find(':', begin), path.size());
    const fs::path candidate = fs::path(path.substr(begin, end - begin)) / name;
    if (end > begin && is_program(candidate)) return candidate;
    begin = end + 1;
  }
  return {};
}

// The file that was started: what argv[0] names, found as the shell found it.
fs::path own_file(const Context& context) {
  const bool named_by_path = context.program.find('/') != std::string::npos;
  std::error_code error;
  auto file =
      fs::canonical(named_by_path ? fs::path(context.program) : on_path(context.program, context.environment), error);
  return error ? fs::path() : file;
}

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  void capture(const std::array<int, 2>& pipe) {
    ::posix_spawn_file_actions_adddup2(&actions_, pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions_, pipe[0]);
    ::posix_spawn_file_actions_addclose(&actions_, pipe[1]);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Reads to the end even when there is too much, so that the child is not left blocked on a full pipe.
std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 65'536> buffer{};
  for (;;) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    if (text.size() < kMaxCaptured) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw Failure(kRefused, std::string("cannot wait for tidegated: ") + std::strerror(errno));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string find_daemon(const Context& context) {
  if (const auto own = own_file(context); !own.empty())
    if (const auto beside = own.parent_path() / kDaemon; is_program(beside)) return beside;
  const auto found = on_path(kDaemon, context.environment);
  if (found.empty())
    throw Failure(kRefused, "tidegated is neither beside this program nor on $PATH; is the daemon installed?");
  return found;
}

int run_program(const std::string& program, const std::vector<std::string>& arguments, std::string* captured) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  FileActions actions;
  std::array<int, 2> pipe{-1, -1};
  if (captured != nullptr) {
    if (::pipe(pipe.data()) != 0) throw Failure(kRefused, std::string("no pipe: ") + std::strerror(errno));
    actions.capture(pipe);
  }
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), actions.get(), nullptr, argv.data(), environ);
  if (captured != nullptr) {
    ::close(pipe[1]);
    if (error == 0) *captured = read_all(pipe[0]);
    ::close(pipe[0]);
  }
  if (error != 0) throw Failure(kRefused, "cannot start " + clean(program) + ": " + std::strerror(error));
  return wait_for(child);
}

}  // namespace tidegate::cli
