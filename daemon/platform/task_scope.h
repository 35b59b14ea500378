#pragma once

#include <cstddef>
#include <string>

#include "daemon/platform/wakeup.h"

namespace tidegate {

/// Counts the coroutines that a component has started, so that shutdown can wait for the last of them: nothing is
/// detached. Ending them is the component's business (it closes sockets and wakes waiters). Loop thread only; must
/// outlive its tasks. An exception that leaves a task is a bug: it ends the process with its text.
class TaskScope {
 public:
  explicit TaskScope(const Executor& executor) : executor_(executor), idle_(executor) {}
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  void spawn(Task<> task);

  /// Returns when no task is left. One waiter at a time.
  Task<> join();

  [[nodiscard]] std::size_t size() const noexcept { return running_; }
  [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

 private:
  void finished();

  Executor executor_;
  Wakeup idle_;
  std::size_t running_ = 0;
};

}  // namespace tidegate
