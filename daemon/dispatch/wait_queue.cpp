#include "daemon/dispatch/wait_queue.h"

#include <algorithm>

namespace tidegate::dispatch {

void Slot::release() noexcept {
  if (auto* queue = std::exchange(queue_, nullptr)) queue->released();
}

WaitQueue::Ticket::Ticket(WaitQueue& queue, std::uint64_t arrival, Wakeup& wakeup)
    : queue_(queue), arrival_(arrival), wakeup_(wakeup), since_(Clock::now()) {
  if (queue.waiting_.empty() && queue.in_flight_ < queue.bounds_.max_in_flight) {
    ++queue.in_flight_;
    slot_ = Slot(&queue);
    return;
  }
  // Nearly always at the end; an exchange that comes back for a retry finds its old place.
  auto place = queue.waiting_.end();
  while (place != queue.waiting_.begin() && (*std::prev(place))->arrival_ > arrival_) --place;
  place_ = queue.waiting_.insert(place, this);
  waiting_ = true;
}

WaitQueue::Ticket::~Ticket() {
  if (waiting_) queue_.waiting_.erase(place_);
}

std::uint64_t WaitQueue::Ticket::position() const noexcept {
  if (!waiting_) return 0;
  return static_cast<std::uint64_t>(
             std::distance(queue_.waiting_.cbegin(), std::list<Ticket*>::const_iterator(place_))) +
         1;
}

void WaitQueue::set_bounds(const Bounds& bounds) {
  bounds_ = bounds;
  grant();
}

bool WaitQueue::hold_bytes(std::uint64_t bytes) noexcept {
  if (bytes_ > bounds_.max_bytes || bytes > bounds_.max_bytes - bytes_) return false;
  bytes_ += bytes;
  return true;
}

Clock::duration WaitQueue::oldest_wait(TimePoint now) const noexcept {
  // The order is that of arrival, not of waiting: one that came back for a retry may wait since later.
  auto since = now;
  for (const auto* ticket : waiting_) since = std::min(since, ticket->since_);
  return now - since;
}

void WaitQueue::released() noexcept {
  --in_flight_;
  grant();
}

void WaitQueue::grant() noexcept {
  while (!waiting_.empty() && in_flight_ < bounds_.max_in_flight) {
    Ticket& next = *waiting_.front();
    waiting_.pop_front();
    next.waiting_ = false;
    ++in_flight_;
    next.slot_ = Slot(this);
    next.wakeup_.notify();
  }
}

}  // namespace tidegate::dispatch
