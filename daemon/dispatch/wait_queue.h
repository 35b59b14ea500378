#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "daemon/dispatch/gate.h"
#include "daemon/platform/wakeup.h"
#include "daemon/policy/fair_queue.h"
#include "daemon/policy/queue_usage.h"

namespace tidegate::dispatch {

class WaitQueue;

/// A model that somebody waits for or talks to, as the queue knows it. Held by those.
struct Lane {
  std::string model;
  std::size_t waiting = 0;
  std::size_t holders = 0;  ///< tickets and slots
  Opening opening;          ///< as last asked
};

/// The right to have one attempt under way. Given back when it is destroyed.
class Slot {
 public:
  Slot() = default;
  Slot(Slot&& other) noexcept
      : queue_(std::exchange(other.queue_, nullptr)), lane_(std::exchange(other.lane_, nullptr)), pass_(other.pass_) {}
  Slot& operator=(Slot&& other) noexcept {
    if (this == &other) return *this;
    release();
    queue_ = std::exchange(other.queue_, nullptr);
    lane_ = std::exchange(other.lane_, nullptr);
    pass_ = other.pass_;
    return *this;
  }
  ~Slot() { release(); }

  void release() noexcept;
  [[nodiscard]] bool held() const noexcept { return queue_ != nullptr; }
  /// What the gate gave with it, to tell it of the attempt's end.
  [[nodiscard]] Gate::Pass pass() const noexcept { return pass_; }

 private:
  friend class WaitQueue;
  Slot(WaitQueue* queue, Lane* lane, Gate::Pass pass) noexcept : queue_(queue), lane_(lane), pass_(pass) {}
  WaitQueue* queue_ = nullptr;
  Lane* lane_ = nullptr;
  Gate::Pass pass_ = 0;
};

/// Bounds the attempts under way and lets the others wait in a fair order (policy::FairQueue) until there is a slot and
/// the gate lets them go. A request whose model the gate holds back does not hold back those of other models, except
/// later ones of its own session. Loop thread only; must outlive its slots and tickets, the gate must outlive it.
class WaitQueue {
 public:
  struct Bounds {
    std::uint32_t max_in_flight = 32;
    std::uint32_t max_depth = 1000;
    std::uint64_t max_bytes = 256ULL << 20;
    std::uint32_t max_per_client = 0;  ///< waiting; 0: as many as max_depth
  };

  /// Who waits. An exchange keeps its place to its end.
  struct Place {
    std::uint64_t arrival = 0;  ///< from arrive()
    std::string client;         ///< empty where clients have no names
    std::uint32_t weight = 1;
    std::string session;
    policy::Priority priority = policy::Priority::interactive;
    std::string model;      ///< what the gate is asked about; cut at kMaxModel bytes
    std::string exchange;   ///< its id, for those who look at the queue
    bool had_turn = false;  ///< set it once a slot was taken: the next ticket comes back for another try
  };

  /// What a ticket waits for.
  struct Waiting {
    WaitReason reason = WaitReason::none;
    std::uint64_t position = 0;  ///< from 1, in the order of going if nobody else came; 0: it does not wait
    TimePoint since;
    TimePoint until = TimePoint::max();  ///< not before then; max(): not known
  };

  /// One waiting exchange; leaving the scope leaves the queue.
  class Ticket : private policy::FairQueue::Entry {
   public:
    /// `place` is copied. The Wakeup is notified when the slot is there.
    Ticket(WaitQueue& queue, Place place, Wakeup& wakeup);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    [[nodiscard]] bool ready() const noexcept { return slot_.held(); }
    Slot take() noexcept { return std::move(slot_); }
    [[nodiscard]] std::uint64_t position() const;  ///< from 1; 0: it does not wait
    [[nodiscard]] Waiting waiting(TimePoint now) const;
    /// Of it the reason alone, which is cheap.
    [[nodiscard]] WaitReason reason(TimePoint now) const;
    [[nodiscard]] const Place& place() const noexcept { return place_; }

   private:
    friend class WaitQueue;
    WaitQueue& queue_;
    Place place_;
    Wakeup& wakeup_;
    TimePoint since_;
    Lane* lane_;
    Slot slot_;
    std::uint64_t position_ = 0;
    bool entered_ = false;  // a slot that is there at once needs no wake-up
    std::list<Ticket*>::iterator by_age_;
  };

  static constexpr std::size_t kMaxModel = 256;

  WaitQueue() = default;
  ~WaitQueue();
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  void set_bounds(const Bounds& bounds);
  [[nodiscard]] const Bounds& bounds() const noexcept { return bounds_; }

  /// Without a gate only the slots count. Before the first ticket.
  void set_gate(Gate& gate, const Executor& executor);
  /// The gate may have opened by something else than time or the end of an attempt.
  void gate_changed() noexcept { grant(); }

  /// A new exchange's place in the order of arrival; whose it is, is the caller's to fill in.
  [[nodiscard]] Place arrive() noexcept;

  /// Whether another exchange of this client would have to wait and cannot.
  [[nodiscard]] policy::QueueRefusal refusal(std::string_view client) const noexcept;
  [[nodiscard]] bool full(std::string_view client = {}) const noexcept {
    return refusal(client) != policy::QueueRefusal::none;
  }

  /// Request bodies held in memory, waiting or under way; held where it returns none.
  [[nodiscard]] policy::QueueRefusal hold(std::string_view client, std::uint64_t bytes);
  [[nodiscard]] bool hold_bytes(std::uint64_t bytes, std::string_view client = {}) {
    return hold(client, bytes) == policy::QueueRefusal::none;
  }
  void free_bytes(std::uint64_t bytes, std::string_view client = {}) noexcept { usage_.free(client, bytes); }

  /// One that waits, for those who look.
  struct Waiter {
    const Place* place;
    Waiting waiting;
  };
  /// All that wait, in the order in which they would go if nobody else came.
  [[nodiscard]] std::vector<Waiter> waiters(TimePoint now) const;

  [[nodiscard]] std::size_t depth() const noexcept { return fair_.size(); }
  [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return usage_.bytes(); }
  [[nodiscard]] const policy::QueueUsage& usage() const noexcept { return usage_; }
  [[nodiscard]] Clock::duration oldest_wait(TimePoint now) const noexcept;

 private:
  friend class Slot;
  class Alarm;
  void released(Lane* lane, Gate::Pass pass) noexcept;
  void grant() noexcept;
  void give(Ticket& ticket, TimePoint now);
  [[nodiscard]] bool ask_gate(TimePoint now) noexcept;
  void set_alarm(TimePoint now) noexcept;
  void leave(Ticket& ticket) noexcept;
  void settle(Ticket& ticket) noexcept;
  [[nodiscard]] policy::QueueBounds usage_bounds() const noexcept;
  void number();
  Lane* hold_lane(std::string_view model);
  void drop_lane(Lane* lane) noexcept;

  Bounds bounds_;
  policy::FairQueue fair_;
  policy::QueueUsage usage_;
  std::map<std::string, Lane, std::less<>> lanes_;  // of those that wait or are under way
  std::list<Ticket*> by_age_;                       // by since when they wait
  Gate* gate_ = nullptr;
  std::shared_ptr<Alarm> alarm_;  // shared with its handler, which may be queued when the queue goes
  std::uint32_t in_flight_ = 0;
  std::uint64_t last_arrival_ = 0;
  bool numbered_ = true;
};

}  // namespace tidegate::dispatch
