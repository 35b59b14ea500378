#pragma once

#include <memory>

#include "daemon/gateway/shared_call.h"

namespace tidegate::gateway {

/// One request's end of a SharedCall. Lives in the request's coroutine, and its exchange outlives it; leaving the scope
/// leaves the call. Loop thread only.
class SharedListener {
 public:
  /// `first`: the call was made for it.
  SharedListener(std::shared_ptr<SharedCall> call, dispatch::Exchange& exchange, bool first);
  ~SharedListener();
  SharedListener(const SharedListener&) = delete;
  SharedListener& operator=(const SharedListener&) = delete;

  /// The call's answer, from its first byte, or its error; as Attempts::run() for a call of one's own, with a slot that
  /// is not held. May be called once. The answer must not outlive the listener.
  Task<Result<dispatch::Answer>> answer();

  [[nodiscard]] bool first() const noexcept { return first_; }
  /// How long the call waited for its turn; of the first only, as are its attempts.
  [[nodiscard]] Clock::duration queued() const noexcept { return first_ ? call_->queued() : Clock::duration::zero(); }
  /// Bytes of the answer that it has read.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  void notify() noexcept { exchange_.wakeup.notify(); }

 private:
  class Stream;

  std::shared_ptr<SharedCall> call_;
  dispatch::Exchange& exchange_;
  bool first_;
  std::uint64_t position_ = 0;
};

}  // namespace tidegate::gateway
