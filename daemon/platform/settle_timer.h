#pragma once

#include <functional>
#include <memory>

#include "daemon/platform/clock.h"

namespace tidegate::platform {

/// Turns a burst of events into one call: fires once `quiet` has passed without a touch(), and under events that never
/// pause at the latest `longest` after the first of them. Loop thread only. The call may destroy the timer.
class SettleTimer {
 public:
  SettleTimer(const Executor& executor, Clock::duration quiet, Clock::duration longest, std::function<void()> fire);
  ~SettleTimer();
  SettleTimer(const SettleTimer&) = delete;
  SettleTimer& operator=(const SettleTimer&) = delete;

  void touch();

  /// Forgets touches that have not fired yet.
  void cancel();

 private:
  struct State;
  static void wait(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // shared with the waiting handler, which may be queued when the owner goes
};

}  // namespace tidegate::platform
