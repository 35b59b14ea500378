#include "daemon/platform/wakeup.h"

#include <cassert>

#include <asio/redirect_error.hpp>

namespace tidegate {

Task<> Wakeup::wait(TimePoint deadline) {
  assert(!waiting_);
  if (!notified_) {
    waiting_ = true;
    timer_.expires_at(deadline);
    asio::error_code ignored;  // cancelled means notified
    co_await timer_.async_wait(asio::redirect_error(use_task, ignored));
    waiting_ = false;
  }
  notified_ = false;
}

void Wakeup::notify() noexcept {
  if (notified_) return;
  notified_ = true;
  if (waiting_) timer_.cancel();
}

}  // namespace tidegate
