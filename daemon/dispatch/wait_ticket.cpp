// What one exchange sees of the queue: its ticket and its slot.
#include <algorithm>
#include <utility>

#include "daemon/dispatch/wait_queue.h"

namespace tidegate::dispatch {

std::string_view to_string(WaitReason reason) noexcept {
  switch (reason) {
    case WaitReason::none: return "none";
    case WaitReason::slot: return "slot";
    case WaitReason::rate_limit: return "rate_limit";
    case WaitReason::circuit_open: return "circuit_open";
    case WaitReason::concurrency: return "concurrency";
  }
  return "";
}

void Slot::release() noexcept {
  if (auto* queue = std::exchange(queue_, nullptr)) queue->released(std::exchange(lane_, nullptr), pass_);
}

WaitQueue::Ticket::Ticket(WaitQueue& queue, Place place, Wakeup& wakeup)
    : queue_(queue),
      place_(std::move(place)),
      wakeup_(wakeup),
      since_(Clock::now()),
      lane_(queue.hold_lane(place_.model)),
      by_age_(queue.by_age_.insert(queue.by_age_.end(), this)) {
  ++lane_->waiting;
  queue.usage_.enter(place_.client);
  queue.fair_.insert(*this,
                     {place_.arrival, place_.client, place_.weight, place_.session, place_.priority, place_.had_turn});
  queue.numbered_ = false;
  queue.grant();
  entered_ = true;
}

WaitQueue::Ticket::~Ticket() {
  const bool waited = Entry::waiting();
  if (waited) queue_.leave(*this);
  queue_.drop_lane(lane_);
  // Those of its session that were behind it may be others that the gate lets go.
  if (waited) queue_.grant();
}

std::uint64_t WaitQueue::Ticket::position() const {
  if (!Entry::waiting()) return 0;
  queue_.number();
  return position_;
}

WaitReason WaitQueue::Ticket::reason(TimePoint now) const {
  if (!Entry::waiting()) return WaitReason::none;
  const auto opening = queue_.gate_ != nullptr ? queue_.gate_->opening(lane_->model, now) : Opening{};
  return opening.reason == WaitReason::none ? WaitReason::slot : opening.reason;
}

WaitQueue::Waiting WaitQueue::Ticket::waiting(TimePoint now) const {
  Waiting out;
  if (!Entry::waiting()) return out;
  out.position = position();
  out.since = since_;
  const auto opening = queue_.gate_ != nullptr ? queue_.gate_->opening(lane_->model, now) : Opening{};
  out.reason = opening.reason == WaitReason::none ? WaitReason::slot : opening.reason;
  if (opening.reason != WaitReason::none) out.until = opening.until;
  return out;
}

std::vector<WaitQueue::Waiter> WaitQueue::waiters(TimePoint now) const {
  std::vector<Waiter> out;
  out.reserve(by_age_.size());
  for (const auto* ticket : by_age_) out.push_back({&ticket->place(), ticket->waiting(now)});
  std::sort(out.begin(), out.end(),
            [](const Waiter& a, const Waiter& b) { return a.waiting.position < b.waiting.position; });
  return out;
}

}  // namespace tidegate::dispatch
