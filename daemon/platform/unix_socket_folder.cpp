// A folder that only its owner can put things into: what stands in it can be trusted.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include "daemon/platform/unix_socket.h"

namespace tidegate::platform {
namespace {

Error failed(std::string message) { return Error{ErrorCode::internal, std::move(message)}; }

// mkdir and not create_directories: the mode counts from the first moment on.
Result<Ok> make_missing(const std::filesystem::path& folder) {
  struct stat status{};
  if (folder.empty() || ::stat(folder.c_str(), &status) == 0) return Ok{};
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    auto parent = make_missing(folder.parent_path());
    if (!parent) return parent;
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed(fmt::format("cannot make the folder {}: {}", folder.string(), std::strerror(errno)));
  }
  return Ok{};
}

}  // namespace

Result<Ok> prepare_private_folder(const std::filesystem::path& folder) {
  auto made = make_missing(folder);
  if (!made) return made;
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    return failed(fmt::format("cannot look at the folder {}: {}", folder.string(), std::strerror(errno)));
  }
  if (!S_ISDIR(status.st_mode)) return failed(fmt::format("{} is not a folder", folder.string()));
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return failed(fmt::format("the folder {} belongs to another user (uid {}); choose one of your own", folder.string(),
                              status.st_uid));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return failed(
        fmt::format("others may write to the folder {}; run: chmod go-w '{}'", folder.string(), folder.string()));
  }
  return Ok{};
}

}  // namespace tidegate::platform
