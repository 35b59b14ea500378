#pragma once

#include "daemon/platform/clock.h"

namespace tidegate {

/// What one coroutine sleeps on and everybody on the loop thread wakes. A notify() before the wait is remembered, so
/// the waiter checks its conditions in a loop and misses nothing. One waiter at a time.
class Wakeup {
 public:
  explicit Wakeup(const Executor& executor) : timer_(executor) {}

  /// Returns after a notify(), or once `deadline` has passed, whichever is first.
  Task<> wait(TimePoint deadline = TimePoint::max());

  void notify() noexcept;

  [[nodiscard]] Executor executor() { return timer_.get_executor(); }

 private:
  Timer timer_;
  bool notified_ = false;
  bool waiting_ = false;
};

}  // namespace tidegate
