#pragma once

#include <sys/types.h>
#include <cstdint>
#include <ctime>
#include <map>
#include <set>
#include <string>

namespace tidegate::platform {

/// What has to be watched so that no change of one file is missed, however it comes about: a write in place, a rename
/// over it, a swap of any symbolic link on the way (Kubernetes' `..data`), a folder removed and made again.
struct WatchPlan {
  /// Real folders on the way. The set holds the names whose coming, going and replacing matter: links, the file itself,
  /// or the first part that is missing. An empty set: only the moving and removing of the folder itself matters.
  std::map<std::string, std::set<std::string>> folders;
  std::string last_folder;  ///< the folder that the way ends in: the file's, or the nearest one that exists
  std::string file;         ///< the real file behind all links; empty while there is none
  bool operator==(const WatchPlan&) const = default;
};

/// Follows `path` (absolute) part by part. Never throws; a loop of links ends after kMaxLinks like a missing part.
WatchPlan plan_watches(const std::string& path);

inline constexpr int kMaxLinks = 40;

/// Two equal fingerprints: the file behind `path` has most likely not changed. Also told apart: no file.
struct Fingerprint {
  bool exists = false;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  mode_t mode = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const Fingerprint&) const = default;
};

Fingerprint fingerprint(const std::string& path) noexcept;

}  // namespace tidegate::platform
