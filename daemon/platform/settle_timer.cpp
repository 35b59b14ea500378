#include "daemon/platform/settle_timer.h"

#include <algorithm>
#include <utility>

namespace tidegate::platform {

struct SettleTimer::State {
  State(const Executor& executor, Clock::duration quiet_time, Clock::duration longest_time, std::function<void()> call)
      : timer(executor), quiet(quiet_time), longest(longest_time), fire(std::move(call)) {}

  Timer timer;
  Clock::duration quiet;
  Clock::duration longest;
  std::function<void()> fire;
  bool pending = false;
  bool waiting = false;
  TimePoint first;
  TimePoint due;
};

SettleTimer::SettleTimer(const Executor& executor, Clock::duration quiet, Clock::duration longest,
                         std::function<void()> fire)
    : state_(std::make_shared<State>(executor, quiet, longest, std::move(fire))) {}

SettleTimer::~SettleTimer() { cancel(); }

void SettleTimer::touch() {
  auto& s = *state_;
  const auto now = Clock::now();
  if (!s.pending) {
    s.pending = true;
    s.first = now;
  }
  s.due = std::min(now + s.quiet, s.first + s.longest);
  if (!s.waiting) wait(state_);
}

void SettleTimer::cancel() {
  state_->pending = false;
  state_->timer.cancel();
}

// A later touch moves only `due`; the running wait sees that when it ends and waits for the rest. So a burst of a
// thousand events costs one timer.
void SettleTimer::wait(const std::shared_ptr<State>& state) {
  state->waiting = true;
  state->timer.expires_at(state->due);
  state->timer.async_wait([state](const asio::error_code&) {
    state->waiting = false;
    if (!state->pending) return;
    if (Clock::now() < state->due) {
      wait(state);
      return;
    }
    state->pending = false;
    state->fire();
  });
}

}  // namespace tidegate::platform
