#include "daemon/policy/fair_queue.h"

#include <algorithm>
#include <cassert>

namespace tidegate::policy {
namespace {

bool anyone(const FairQueue::Entry& /*entry*/) { return true; }

}  // namespace

void FairQueue::insert(Entry& entry, const Place& place) {
  assert(!entry.waiting_);
  auto& line = classes_.of(place.priority);
  entry.arrival_ = place.arrival;
  entry.priority_ = place.priority;
  entry.client_ = line.clients.open(place.client, place.weight);
  auto& sessions = line.clients.child(entry.client_).sessions;
  entry.session_ = sessions.open(place.session, 1);
  sessions.child(entry.session_).waiting.emplace(entry.arrival_, &entry);
  if (place.returning) {
    line.clients.give_credit(entry.client_, entry.arrival_);
    sessions.give_credit(entry.session_, entry.arrival_);
  }
  line.settle(entry.client_, entry.session_);
  entry.waiting_ = true;
  ++size_;
}

void FairQueue::remove(Entry& entry) {
  if (!entry.waiting_) return;
  auto& line = classes_.of(entry.priority_);
  auto& sessions = line.clients.child(entry.client_).sessions;
  sessions.child(entry.session_).waiting.erase({entry.arrival_, &entry});
  sessions.drop_credit(entry.session_, entry.arrival_);
  line.clients.drop_credit(entry.client_, entry.arrival_);
  line.settle(entry.client_, entry.session_);
  entry.waiting_ = false;
  --size_;
}

FairQueue::Entry* FairQueue::pop(const Allowed& allowed) {
  auto* entry = classes_.pop(allowed);
  if (entry == nullptr) return nullptr;
  entry->waiting_ = false;
  --size_;
  return entry;
}

void FairQueue::forget() {
  assert(empty());
  classes_.interactive.clients.forget();
  classes_.background.clients.forget();
  classes_.since_background = 0;
}

std::vector<FairQueue::Entry*> FairQueue::order(std::size_t most) const {
  std::vector<Entry*> out;
  out.reserve(std::min(most, size_));
  auto copy = classes_;
  while (out.size() < most) {
    auto* entry = copy.pop(anyone);
    if (entry == nullptr) break;
    out.push_back(entry);
  }
  return out;
}

FairQueue::Entry* FairQueue::Classes::pop(const Allowed& allowed) {
  const auto first = interactive.next(allowed);
  const auto second = background.next(allowed);
  if (first == FairShare::kNone && second == FairShare::kNone) return nullptr;
  if (second != FairShare::kNone && (first == FairShare::kNone || background_is_due(first))) {
    since_background = 0;
    return background.pop(second, allowed);
  }
  since_background = second == FairShare::kNone ? 0 : since_background + 1;
  return interactive.pop(first, allowed);
}

// The turns of background work come from those who have had one, as long as that is possible.
bool FairQueue::Classes::background_is_due(FairShare::Id interactive_client) const {
  if (since_background + 1 < kBackgroundTurn) return false;
  return !interactive.clients.fresh(interactive_client) || since_background + 1 >= 2 * kBackgroundTurn;
}

FairShare::Id FairQueue::Class::next(const Allowed& allowed) const {
  return clients.first([&](FairShare::Id id) { return clients.child(id).next(allowed) != FairShare::kNone; });
}

FairShare::Id FairQueue::ClientLine::next(const Allowed& allowed) const {
  return sessions.first([&](FairShare::Id id) { return allowed(*sessions.child(id).waiting.begin()->second); });
}

FairQueue::Entry* FairQueue::Class::pop(FairShare::Id client, const Allowed& allowed) {
  auto& sessions = clients.child(client).sessions;
  const auto session = clients.child(client).next(allowed);
  auto& waiting = sessions.child(session).waiting;
  auto* entry = waiting.begin()->second;
  waiting.erase(waiting.begin());
  clients.charge(client);
  sessions.charge(session);
  settle(client, session);
  return entry;
}

// Puts session and client where they belong now that the session's line has changed.
void FairQueue::Class::settle(FairShare::Id client, FairShare::Id session) {
  auto& sessions = clients.child(client).sessions;
  const auto& waiting = sessions.child(session).waiting;
  if (waiting.empty())
    sessions.set_idle(session);
  else
    sessions.set_front(session, waiting.begin()->first);
  const auto next = sessions.first([](FairShare::Id) { return true; });
  if (next == FairShare::kNone)
    clients.set_idle(client);
  else
    clients.set_front(client, sessions.front(next));
}

}  // namespace tidegate::policy
