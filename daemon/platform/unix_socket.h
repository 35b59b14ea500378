#pragma once

#include <sys/types.h>
#include <filesystem>
#include <optional>
#include <string>

#include "common/error.h"

namespace tidegate::platform {

/// A listening Unix socket at a path that is safely ours. While it lives it holds a lock on `<path>.lock`, so that of
/// two daemons that start at once exactly one gets the path; the lock file itself stays behind (removing it would open
/// a race). When it is destroyed, the socket file goes, if it is still the one made here.
class UnixListener {
 public:
  /// Makes the folder (0700) where it is missing, binds, sets `mode` and listens; nobody can connect before the mode is
  /// set. Replaces a dead process's socket. Refuses, with a line for the user: a folder that others may write to, a
  /// path that is too long, anything that is no socket, another user's socket, and a socket that somebody answers.
  static Result<UnixListener> open(const std::filesystem::path& path, mode_t mode = 0600);

  UnixListener(UnixListener&& other) noexcept;
  UnixListener& operator=(UnixListener&& other) noexcept;
  ~UnixListener();

  /// The listening descriptor: non-blocking, closed on exec. The caller owns it from now on; later calls give -1.
  [[nodiscard]] int take_descriptor() noexcept;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// What the destructor does, early: removes the socket file if it is still ours, and gives up the lock.
  void remove() noexcept;

 private:
  UnixListener() = default;
  void swap(UnixListener& other) noexcept;

  std::filesystem::path path_;
  int descriptor_ = -1;
  int lock_ = -1;
  bool bound_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// Makes `folder` with mode 0700 (and missing parents likewise) unless it is there, and checks that only we or root own
/// it and nobody else may write to it. An error is a line for the user.
Result<Ok> prepare_private_folder(const std::filesystem::path& folder);

}  // namespace tidegate::platform
