#pragma once

#include <functional>
#include <memory>

#include "daemon/platform/loop.h"
#include "daemon/platform/watch_plan.h"

namespace tidegate::platform {

/// What the operating system gives to a FileWatcher: news from the folders of a WatchPlan. One implementation per
/// platform. Loop thread only.
class ChangeSource {
 public:
  /// `maybe`: something happened on the way to the file. `certain`: its content was touched, even where the time stamps
  /// are too coarse to show it.
  enum class News { maybe, certain };
  using Told = std::function<void(News)>;

  /// `told` is called on the loop thread, never from within arm(), and not after the source is destroyed; it may call
  /// arm(), but not destroy the source.
  static std::unique_ptr<ChangeSource> make(const Executor& executor, Told told);

  virtual ~ChangeSource() = default;

  /// Watches what `plan` says and nothing else; to be called again after each news. False where the last folder could
  /// not be watched: limits reached, no permission.
  virtual bool arm(const WatchPlan& plan) = 0;
};

}  // namespace tidegate::platform
