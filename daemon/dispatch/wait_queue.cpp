#include "daemon/dispatch/wait_queue.h"

#include <algorithm>

namespace tidegate::dispatch {

/// One timer for the whole queue; setting it anew replaces the time.
class WaitQueue::Alarm {
 public:
  Alarm(WaitQueue& queue, const Executor& executor) : queue_(&queue), timer_(executor) {}

  static void set(const std::shared_ptr<Alarm>& alarm, TimePoint due) {
    if (alarm->due_ == due) return;
    alarm->due_ = due;
    alarm->timer_.expires_at(due);
    alarm->timer_.async_wait([alarm, due](const asio::error_code&) {
      if (alarm->queue_ == nullptr || alarm->due_ != due) return;
      alarm->due_ = TimePoint::max();
      alarm->queue_->grant();
    });
  }
  void unset() {
    if (due_ == TimePoint::max()) return;
    due_ = TimePoint::max();
    timer_.cancel();
  }
  void close() {
    queue_ = nullptr;
    timer_.cancel();
  }

 private:
  WaitQueue* queue_;
  Timer timer_;
  TimePoint due_ = TimePoint::max();  // max(): not set
};

WaitQueue::~WaitQueue() {
  if (alarm_) alarm_->close();
}

void WaitQueue::set_gate(Gate& gate, const Executor& executor) {
  gate_ = &gate;
  alarm_ = std::make_shared<Alarm>(*this, executor);
}

void WaitQueue::set_bounds(const Bounds& bounds) {
  bounds_ = bounds;
  grant();
}

WaitQueue::Place WaitQueue::arrive() noexcept {
  Place place;
  place.arrival = ++last_arrival_;
  return place;
}

policy::QueueBounds WaitQueue::usage_bounds() const noexcept {
  return {bounds_.max_depth, bounds_.max_per_client, bounds_.max_bytes};
}

policy::QueueRefusal WaitQueue::refusal(std::string_view client) const noexcept {
  if (in_flight_ < bounds_.max_in_flight && fair_.empty()) return policy::QueueRefusal::none;
  return usage_.may_wait(usage_bounds(), client);
}

policy::QueueRefusal WaitQueue::hold(std::string_view client, std::uint64_t bytes) {
  const auto refused = usage_.may_hold(usage_bounds(), client, bytes);
  if (refused == policy::QueueRefusal::none) usage_.hold(client, bytes);
  return refused;
}

Clock::duration WaitQueue::oldest_wait(TimePoint now) const noexcept {
  return by_age_.empty() ? Clock::duration::zero() : now - by_age_.front()->since_;
}

void WaitQueue::released(Lane* lane, Gate::Pass pass) noexcept {
  --in_flight_;
  if (gate_ != nullptr) gate_->finished(lane->model, pass, Clock::now());
  drop_lane(lane);
  grant();
}

void WaitQueue::grant() noexcept {
  const auto now = Clock::now();
  while (in_flight_ < bounds_.max_in_flight && !fair_.empty() && ask_gate(now)) {
    auto* entry = fair_.pop([](const policy::FairQueue::Entry& front) {
      return static_cast<const Ticket&>(front).lane_->opening.reason == WaitReason::none;
    });
    if (entry == nullptr) break;  // those that may go are behind others of their sessions
    give(static_cast<Ticket&>(*entry), now);
  }
  if (alarm_) set_alarm(now);
  if (in_flight_ == 0 && fair_.empty()) fair_.forget();
}

void WaitQueue::give(Ticket& ticket, TimePoint now) {
  settle(ticket);
  ++in_flight_;
  ++ticket.lane_->holders;
  const auto pass = gate_ != nullptr ? gate_->started(ticket.lane_->model, now) : Gate::Pass{0};
  ticket.slot_ = Slot(this, ticket.lane_, pass);
  if (ticket.entered_) ticket.wakeup_.notify();
}

// Whether any of those that wait may go. Asked anew after each that goes: it may have been the last for now.
bool WaitQueue::ask_gate(TimePoint now) noexcept {
  if (gate_ == nullptr) return true;
  bool open = false;
  for (auto& [model, lane] : lanes_) {
    if (lane.waiting == 0) continue;
    lane.opening = gate_->opening(model, now);
    open = open || lane.opening.reason == WaitReason::none;
  }
  return open;
}

// Only where a slot is free: else the next one that ends asks the gate.
void WaitQueue::set_alarm(TimePoint now) noexcept {
  constexpr std::chrono::milliseconds kShortest{1};  // a gate that names the present must not keep the loop busy
  auto due = TimePoint::max();
  if (in_flight_ < bounds_.max_in_flight)
    for (const auto& [model, lane] : lanes_)
      if (lane.waiting > 0 && lane.opening.reason != WaitReason::none) due = std::min(due, lane.opening.until);
  if (due == TimePoint::max())
    alarm_->unset();
  else
    Alarm::set(alarm_, std::max(due, now + kShortest));
}

void WaitQueue::leave(Ticket& ticket) noexcept {
  fair_.remove(ticket);
  settle(ticket);
}

// It waits no longer, for whatever reason.
void WaitQueue::settle(Ticket& ticket) noexcept {
  usage_.leave(ticket.place_.client);
  by_age_.erase(ticket.by_age_);
  --ticket.lane_->waiting;
  numbered_ = false;
}

void WaitQueue::number() {
  if (numbered_) return;
  std::uint64_t position = 0;
  for (auto* entry : fair_.order()) static_cast<Ticket*>(entry)->position_ = ++position;
  numbered_ = true;
}

Lane* WaitQueue::hold_lane(std::string_view model) {
  const auto name = model.substr(0, kMaxModel);
  auto found = lanes_.find(name);
  if (found == lanes_.end()) {
    found = lanes_.emplace(name, Lane{}).first;
    found->second.model = name;
  }
  ++found->second.holders;
  return &found->second;
}

void WaitQueue::drop_lane(Lane* lane) noexcept {
  if (--lane->holders == 0) lanes_.erase(lanes_.find(lane->model));
}

}  // namespace tidegate::dispatch
