#include "daemon/platform/watch_plan.h"

#include <sys/stat.h>
#include <algorithm>
#include <deque>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace tidegate::platform {
namespace {

namespace fs = std::filesystem;

void prepend_parts(const std::string& path, std::deque<std::string>& parts) {
  std::deque<std::string> split;
  std::size_t at = 0;
  while (at < path.size()) {
    const auto slash = std::min(path.find('/', at), path.size());
    if (slash > at && std::string_view(path).substr(at, slash - at) != ".")
      split.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  parts.insert(parts.begin(), split.begin(), split.end());
}

std::string parent_of(const std::string& folder) {
  const auto slash = folder.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : folder.substr(0, slash);
}

template <class Time>
std::int64_t nanoseconds(const Time& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

WatchPlan plan_watches(const std::string& path) {
  WatchPlan plan;
  std::deque<std::string> parts;
  prepend_parts(path, parts);
  std::string folder = "/";  // free of links: each one is followed as it is met
  int links = 0;
  while (!parts.empty()) {
    const auto name = std::move(parts.front());
    parts.pop_front();
    auto& names = plan.folders[folder];
    if (name == "..") {
      folder = parent_of(folder);
      continue;
    }
    auto full = folder;
    if (full != "/") full += '/';
    full += name;
    struct stat status{};
    const bool found = ::lstat(full.c_str(), &status) == 0;
    if (found && S_ISDIR(status.st_mode)) {
      folder = full;
      if (parts.empty()) plan.folders[folder];
      continue;
    }
    names.insert(name);
    if (found && S_ISLNK(status.st_mode) && ++links <= kMaxLinks) {
      std::error_code error;
      const auto target = fs::read_symlink(full, error).string();
      if (error) break;  // it went between the two looks: like a missing part
      if (!target.empty() && target.front() == '/') folder = "/";
      prepend_parts(target, parts);
      continue;
    }
    if (found && parts.empty() && !S_ISLNK(status.st_mode)) plan.file = full;
    break;
  }
  plan.last_folder = folder;
  return plan;
}

Fingerprint fingerprint(const std::string& path) noexcept {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  Fingerprint print;
  print.exists = true;
  print.device = status.st_dev;
  print.inode = status.st_ino;
  print.size = status.st_size;
  print.mode = status.st_mode;
#ifdef __APPLE__
  print.modified_ns = nanoseconds(status.st_mtimespec);
  print.changed_ns = nanoseconds(status.st_ctimespec);
#else
  print.modified_ns = nanoseconds(status.st_mtim);
  print.changed_ns = nanoseconds(status.st_ctim);
#endif
  return print;
}

}  // namespace tidegate::platform
