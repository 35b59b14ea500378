#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/dispatch/wait_queue.h"

namespace tidegate::gateway {

/// A request body in memory, counted against queue.maxBytes as long as this lives. Loop thread only; the queue must
/// outlive it.
class HeldBytes {
 public:
  HeldBytes(dispatch::WaitQueue& queue, std::string_view client, std::uint64_t bytes)
      : queue_(queue), client_(client), bytes_(bytes), refusal_(queue.hold(client, bytes)), held_(!refused()) {}
  HeldBytes(HeldBytes&& other) noexcept
      : queue_(other.queue_),
        client_(std::move(other.client_)),
        bytes_(other.bytes_),
        refusal_(other.refusal_),
        held_(std::exchange(other.held_, false)) {}
  HeldBytes& operator=(HeldBytes&&) = delete;
  ~HeldBytes() { release(); }

  /// False: there is no room for it.
  explicit operator bool() const noexcept { return held_; }
  /// Which bound it would have passed.
  [[nodiscard]] policy::QueueRefusal refusal() const noexcept { return refusal_; }

  void release() noexcept {
    if (std::exchange(held_, false)) queue_.free_bytes(bytes_, client_);
  }

 private:
  [[nodiscard]] bool refused() const noexcept { return refusal_ != policy::QueueRefusal::none; }

  dispatch::WaitQueue& queue_;
  std::string client_;
  std::uint64_t bytes_;
  policy::QueueRefusal refusal_;
  bool held_;
};

}  // namespace tidegate::gateway
