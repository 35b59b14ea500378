#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/config/settings.h"

namespace tidegate::config {

using WallTime = std::chrono::system_clock::time_point;

/// Why the last reload changed nothing. Shown in status; free of secrets.
struct ReloadError {
  std::string message;  ///< one line, as ConfigError::what()
  int line = 0;         ///< 0 where the file as a whole or a subscriber is to blame
  int column = 0;
  WallTime when;
};

/// Holds the configuration that is in force. Owned by the composition root; used on the loop thread only. An exchange
/// copies current() at its start and keeps that snapshot whatever happens here.
class Store {
 public:
  /// `first` becomes generation 1.
  Store(Snapshot first, WallTime now);

  [[nodiscard]] const SnapshotPtr& current() const noexcept { return current_; }
  /// The failure since the last good reload, if any.
  [[nodiscard]] const std::optional<ReloadError>& last_error() const noexcept { return last_error_; }

  /// `next` as it will be if it is accepted: the next generation, loaded now.
  [[nodiscard]] SnapshotPtr prepare(Snapshot next, WallTime now) const;

  void accept(SnapshotPtr next) noexcept;
  void reject(ReloadError error) noexcept { last_error_ = std::move(error); }

  /// The same settings were read again: generation and time stay, what is said about the file may have changed.
  void confirm(Snapshot same);

 private:
  SnapshotPtr current_;
  std::optional<ReloadError> last_error_;
};

}  // namespace tidegate::config
