#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "daemon/platform/loop.h"

namespace tidegate::platform {

/// A change is told once the file has been left alone for so long: editors write in several steps.
inline constexpr std::chrono::milliseconds kSettleTime{100};
/// Under writing that never pauses, a change is told at the latest after so long.
inline constexpr std::chrono::milliseconds kLongestPostponement{1000};
/// How often the file is looked at while the system cannot watch it (its limit of watches is reached).
inline constexpr std::chrono::milliseconds kFallbackPoll{2000};

/// Tells of each change of one file: written, replaced by rename, removed, made, reached through other symbolic links.
/// Neither the file nor its folder need exist. Changes of other files in the folder are not told.
///
/// Loop thread only. Start it before the first look at the file, so that no change falls in between. `changed` runs on
/// the loop thread and may stop or destroy the watcher.
class FileWatcher {
 public:
  FileWatcher(const Executor& executor, const std::filesystem::path& file, std::function<void()> changed);
  ~FileWatcher();
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  void start();
  void stop();

  /// Whether the system tells of changes; otherwise, while started, the file is looked at every kFallbackPoll.
  [[nodiscard]] bool watching() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with handlers on the loop that may outlive this
};

}  // namespace tidegate::platform
