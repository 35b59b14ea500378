#include "daemon/policy/fair_share.h"

#include <algorithm>
#include <cassert>

namespace tidegate::policy {

std::pair<FairShare::Id, bool> FairShare::enter(std::string_view name, std::uint32_t weight) {
  const auto bounded = std::clamp(weight, 1U, kMaxWeight);
  const auto found = names_.find(name);
  const bool added = found == names_.end();
  Id id = added ? static_cast<Id>(flows_.size()) : found->second;
  if (added) {
    if (free_.empty()) {
      flows_.emplace_back();
    } else {
      id = free_.back();
      free_.pop_back();
    }
    flows_[id] = Flow{};
    flows_[id].name = name;
    flows_[id].next = now_;
    names_.emplace(name, id);
  }
  auto& flow = flows_[id];
  if (flow.key.waiting) weight_ += std::uint64_t{bounded} - flow.weight;
  flow.weight = bounded;
  return {id, added};
}

void FairShare::set_front(Id id, std::uint64_t arrival) {
  auto& flow = flows_[id];
  if (flow.key.waiting) {
    unlink(flow, id);
  } else {
    idle_.erase({flow.next, id});
    flow.fresh = flow.next <= now_;
    flow.next = std::max(flow.next, now_);
  }
  const bool fresh = flow.fresh || flow.credit;
  flow.key = {flow.credit ? 0 : flow.next, arrival, fresh, true};
  (fresh ? fresh_ : served_).emplace(flow.key.start, arrival, id);
  weight_ += flow.weight;
}

void FairShare::set_idle(Id id) {
  auto& flow = flows_[id];
  if (flow.key.waiting) unlink(flow, id);
  flow.credit = false;
  if (flow.next <= now_)
    drop(id);
  else
    idle_.emplace(flow.next, id);
  forget_paid();
}

// Once a turn and flow, or a client whose attempts all fail would always be first; the same exchange again does not
// count, because it waits out its backoff in between.
void FairShare::give_credit(Id id, std::uint64_t arrival) noexcept {
  auto& flow = flows_[id];
  const bool again = flow.had_credit && flow.credit_to == arrival;
  if (flow.had_credit && !again && now_ < flow.credit_at + cost(flow)) return;
  flow.credit = flow.had_credit = true;
  flow.credit_to = arrival;
  if (!again) flow.credit_at = now_;
}

void FairShare::drop_credit(Id id, std::uint64_t arrival) noexcept {
  if (flows_[id].credit_to == arrival) flows_[id].credit = false;
}

void FairShare::charge(Id id) {
  auto& flow = flows_[id];
  assert(flow.key.waiting);
  const bool overtakes = flow.fresh && !flow.credit;
  const auto all = weight_;
  unlink(flow, id);
  if (!flow.credit) now_ = std::max(now_, flow.next);
  // One that could not go while others did (its start is in the past) has no claim to the turns that it missed.
  flow.next = std::max(flow.next, now_) + cost(flow);
  flow.fresh = flow.credit = false;
  if (overtakes && all > flow.weight) {
    // Not past those that have waited longest: behind them by the least is enough.
    const auto creep = now_ + std::max<Tag>(1, kTurn / all);
    now_ = served_.empty() ? creep : std::max(now_, std::min(creep, std::get<0>(*served_.begin()) + 1));
  }
  forget_paid();
}

void FairShare::forget() {
  assert(empty());
  while (!idle_.empty()) {
    now_ = std::max(now_, idle_.begin()->first);
    const auto id = idle_.begin()->second;
    idle_.erase(idle_.begin());
    drop(id);
  }
}

void FairShare::unlink(Flow& flow, Id id) {
  (flow.key.fresh ? fresh_ : served_).erase({flow.key.start, flow.key.arrival, id});
  flow.key = {};
  weight_ -= flow.weight;
}

void FairShare::drop(Id id) {
  names_.erase(flows_[id].name);
  flows_[id] = Flow{};
  free_.push_back(id);
}

void FairShare::forget_paid() {
  while (!idle_.empty() && (idle_.begin()->first <= now_ || idle_.size() > kMaxRemembered)) {
    const auto id = idle_.begin()->second;
    idle_.erase(idle_.begin());
    drop(id);
  }
}

}  // namespace tidegate::policy
