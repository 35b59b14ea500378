#include "daemon/gateway/shared_calls.h"

#include "daemon/observe/logging.h"

namespace tidegate::gateway {

Result<std::unique_ptr<SharedListener>> SharedCalls::enter(CallKey key, dispatch::Exchange& exchange, HeldBytes& held) {
  if (const auto found = calls_.find(key.name); found != calls_.end()) {
    const auto& call = found->second;
    if (!call->key().same_request(key))
      return Error{ErrorCode::idempotency_reused,
                   "another request with this Idempotency-Key was sent a short while ago; each request needs its own"};
    if (!call->joinable())
      return Error{ErrorCode::idempotency_too_long,
                   "the request with this Idempotency-Key is on its way already, and its answer is too long to be "
                   "given a second time from its beginning"};
    observe::log_debug("request joins a call", {{"exchange", exchange.id}, {"shared_with", call->id()}});
    exchange.body.reset();
    held.release();
    return std::make_unique<SharedListener>(call, exchange, false);
  }
  if (calls_.size() >= bounds_.max_calls && !drop_oldest_answer()) {
    observe::log_debug("too many calls with an Idempotency-Key, this one is not shared",
                       {{"exchange", exchange.id}, {"calls", calls_.size()}});
    return std::unique_ptr<SharedListener>();
  }
  auto name = key.name;
  auto call = std::make_shared<SharedCall>(*this, std::move(key), exchange, std::move(held));
  if (!keeping_) call->stop_keeping();
  calls_.emplace(std::move(name), call);
  auto listener = std::make_unique<SharedListener>(call, exchange, true);
  tasks_.spawn(SharedCall::run(std::move(call)));
  return listener;
}

void SharedCalls::stop_keeping() {
  keeping_ = false;
  for (const auto& [name, call] : calls_) call->stop_keeping();
}

bool SharedCalls::room_for(const SharedCall& call) {
  if (call.body().size() > bounds_.max_replay) return false;
  while (bytes_ > bounds_.max_bytes)
    if (!drop_oldest_answer()) return false;
  return true;
}

bool SharedCalls::drop_oldest_answer() {
  auto oldest = calls_.end();
  for (auto it = calls_.begin(); it != calls_.end(); ++it) {
    const auto& call = *it->second;
    if (call.only_kept() && (oldest == calls_.end() || call.kept_until() < oldest->second->kept_until())) oldest = it;
  }
  if (oldest == calls_.end()) return false;
  const auto call = oldest->second;
  calls_.erase(oldest);
  call->drop_answer();
  return true;
}

void SharedCalls::forget(const SharedCall& call) {
  const auto found = calls_.find(call.key().name);
  // After drop_oldest_answer() the name may be another call's.
  if (found != calls_.end() && found->second.get() == &call) calls_.erase(found);
}

}  // namespace tidegate::gateway
