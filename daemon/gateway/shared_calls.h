#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "daemon/gateway/shared_listener.h"
#include "daemon/platform/task_scope.h"

namespace tidegate::gateway {

/// The upstream calls that requests with the same Idempotency-Key share, and the answers that are kept for a retry.
/// Loop thread only. stop_keeping() once no request comes any more, then join(); must outlive its listeners.
class SharedCalls {
 public:
  struct Bounds {
    std::size_t max_calls = 1024;
    std::size_t max_bytes = std::size_t{64} << 20;  ///< answers held, all calls together
    std::size_t max_replay = std::size_t{4} << 20;  ///< of one answer; one that grows longer cannot be joined
  };

  SharedCalls(const Executor& executor, dispatch::Dispatcher& dispatcher, observe::ExchangeLog& exchanges)
      : dispatcher_(dispatcher), exchanges_(exchanges), tasks_(executor) {}

  void set_bounds(const Bounds& bounds) noexcept { bounds_ = bounds; }

  /// Starts the call of `exchange` or joins the one that there is; the body and what holds it are the call's from then
  /// on. Null: there is no room for a further call, the request has to make its own way.
  Result<std::unique_ptr<SharedListener>> enter(CallKey key, dispatch::Exchange& exchange, HeldBytes& held);

  /// Somebody's call, or its answer, is there to be joined. `name` from call_name().
  [[nodiscard]] bool knows(const std::string& name) const { return !name.empty() && calls_.contains(name); }

  void stop_keeping();
  Task<> join() { return tasks_.join(); }

  [[nodiscard]] std::size_t size() const noexcept { return calls_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  // For the calls.
  [[nodiscard]] const Executor& executor() const noexcept { return tasks_.executor(); }
  [[nodiscard]] dispatch::Dispatcher& dispatcher() noexcept { return dispatcher_; }
  [[nodiscard]] observe::ExchangeLog& exchanges() noexcept { return exchanges_; }
  void count_bytes(std::size_t before, std::size_t now) noexcept { bytes_ += now - before; }
  /// Makes it at the cost of answers that are only kept. False: this call's answer cannot be held any longer.
  [[nodiscard]] bool room_for(const SharedCall& call);
  void forget(const SharedCall& call);

 private:
  /// False: there is none.
  bool drop_oldest_answer();

  dispatch::Dispatcher& dispatcher_;
  observe::ExchangeLog& exchanges_;
  Bounds bounds_;
  std::unordered_map<std::string, std::shared_ptr<SharedCall>> calls_;  // by CallKey::name
  std::size_t bytes_ = 0;
  bool keeping_ = true;
  TaskScope tasks_;
};

}  // namespace tidegate::gateway
