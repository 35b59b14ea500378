#pragma once

#include <cstdint>
#include <list>

#include "common/error.h"
#include "daemon/platform/wakeup.h"

namespace tidegate::dispatch {

class WaitQueue;

/// The right to have one attempt under way. Given back when it is destroyed.
class Slot {
 public:
  Slot() = default;
  Slot(Slot&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
  Slot& operator=(Slot&& other) noexcept {
    release();
    queue_ = std::exchange(other.queue_, nullptr);
    return *this;
  }
  ~Slot() { release(); }

  void release() noexcept;
  [[nodiscard]] bool held() const noexcept { return queue_ != nullptr; }

 private:
  friend class WaitQueue;
  explicit Slot(WaitQueue* queue) noexcept : queue_(queue) {}
  WaitQueue* queue_ = nullptr;
};

/// Bounds the attempts under way and lets the others wait in the order of their arrival: an exchange that comes back
/// for a retry goes before those that arrived after it. Loop thread only; must outlive its slots and tickets.
class WaitQueue {
 public:
  struct Bounds {
    std::uint32_t max_in_flight = 32;
    std::uint32_t max_depth = 1000;
    std::uint64_t max_bytes = 256ULL << 20;
  };

  /// One waiting exchange; leaving the scope leaves the queue.
  class Ticket {
   public:
    /// `arrival` from WaitQueue::arrive(). The Wakeup is notified when the slot is there.
    Ticket(WaitQueue& queue, std::uint64_t arrival, Wakeup& wakeup);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    [[nodiscard]] bool ready() const noexcept { return slot_.held(); }
    Slot take() noexcept { return std::move(slot_); }
    [[nodiscard]] std::uint64_t position() const noexcept;  ///< from 1

   private:
    friend class WaitQueue;
    WaitQueue& queue_;
    std::uint64_t arrival_;
    Wakeup& wakeup_;
    TimePoint since_;
    Slot slot_;
    bool waiting_ = false;
    std::list<Ticket*>::iterator place_;
  };

  void set_bounds(const Bounds& bounds);
  [[nodiscard]] const Bounds& bounds() const noexcept { return bounds_; }

  /// The place in the order of arrival that an exchange keeps to its end.
  [[nodiscard]] std::uint64_t arrive() noexcept { return ++last_arrival_; }

  /// Whether another exchange would have to wait and cannot.
  [[nodiscard]] bool full() const noexcept {
    return in_flight_ >= bounds_.max_in_flight && depth() >= bounds_.max_depth;
  }

  /// Request bodies held in memory, waiting or under way.
  [[nodiscard]] bool hold_bytes(std::uint64_t bytes) noexcept;
  void free_bytes(std::uint64_t bytes) noexcept { bytes_ -= bytes; }

  [[nodiscard]] std::size_t depth() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] Clock::duration oldest_wait(TimePoint now) const noexcept;

 private:
  friend class Slot;
  void released() noexcept;
  void grant() noexcept;

  Bounds bounds_;
  std::list<Ticket*> waiting_;  // by arrival
  std::uint32_t in_flight_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t last_arrival_ = 0;
};

}  // namespace tidegate::dispatch
