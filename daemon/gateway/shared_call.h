#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/dispatch/attempts.h"
#include "daemon/gateway/call_key.h"
#include "daemon/gateway/held_bytes.h"
#include "daemon/gateway/replay_buffer.h"
#include "daemon/upstream/stream_judge.h"

namespace tidegate::gateway {

class SharedCalls;
class SharedListener;

/// One upstream call for all requests with the same Idempotency-Key: a task of its own, with an exchange of its own,
/// that goes on while somebody listens and for gateway.idempotencyGrace after that. Each listener gets the answer from
/// its first byte; once that is not possible any more (SharedCalls::Bounds), nobody else is let in, and the call is
/// paused like any other while the slowest listener has kHighWater to read. Loop thread only.
class SharedCall : public std::enable_shared_from_this<SharedCall> {
 public:
  /// For `first`, whose body and texts are copied or shared. `first.entry` shows the call until its listener leaves.
  SharedCall(SharedCalls& owner, CallKey key, const dispatch::Exchange& first, HeldBytes held);
  ~SharedCall();

  /// The task: the call, and then the time for which its answer is kept.
  static Task<> run(std::shared_ptr<SharedCall> self);

  void join(SharedListener& listener);
  void leave(SharedListener& listener);
  /// A listener has read on.
  void was_read();

  /// From now on nothing goes on without a listener, and no answer is kept.
  void stop_keeping();
  /// Frees the answer of a call that is only kept.
  void drop_answer();
  void stop_replaying();

  [[nodiscard]] const CallKey& key() const noexcept { return key_; }
  [[nodiscard]] const std::string& id() const noexcept { return exchange_.id; }  ///< of the first's exchange
  /// One more can have all of the answer.
  [[nodiscard]] bool joinable() const noexcept { return body_.replays(); }
  /// It is over, and nobody listens.
  [[nodiscard]] bool only_kept() const noexcept { return ended_ && listeners_.empty(); }
  [[nodiscard]] TimePoint kept_until() const noexcept { return kept_until_; }

  // What came of it.
  [[nodiscard]] bool has_head() const noexcept { return head_.has_value(); }
  [[nodiscard]] const upstream::ResponseHead* head() const noexcept { return head_ ? &*head_ : nullptr; }
  [[nodiscard]] const ReplayBuffer& body() const noexcept { return body_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Why there is no answer, or why it is not whole.
  [[nodiscard]] const Error* error() const noexcept { return error_ ? &*error_ : nullptr; }
  [[nodiscard]] policy::Verdict verdict() const noexcept { return verdict_; }
  [[nodiscard]] const policy::ClientAdvice& advice() const noexcept { return advice_; }
  [[nodiscard]] upstream::TransferInfo transfer() const noexcept { return transfer_; }
  [[nodiscard]] Clock::duration queued() const noexcept { return queued_; }

 private:
  Task<> fetch();
  Task<> receive(upstream::ResponseStream& stream);
  void take(std::string_view piece);
  void end();
  void keep_until(TimePoint time);
  void show_deadline() noexcept;
  void notify_listeners() noexcept;
  [[nodiscard]] bool abandoned() const noexcept;
  [[nodiscard]] bool worth_keeping();
  [[nodiscard]] Clock::duration grace() const noexcept;

  SharedCalls& owner_;
  CallKey key_;
  HeldBytes held_;
  Wakeup wakeup_;
  Timer timer_;         // wakes the task when the grace is over
  std::string method_;  // what the exchange's views point into
  std::string fields_;
  observe::ExchangeLog::Entry entry_;
  dispatch::Exchange exchange_;

  std::vector<SharedListener*> listeners_;
  bool client_left_ = false;  // entry_ is the call's own
  bool keeping_ = true;
  TimePoint kept_until_;

  std::optional<upstream::ResponseHead> head_;
  ReplayBuffer body_;
  std::optional<upstream::StreamJudge> judge_;  // of an event stream, while it may be kept
  std::optional<Error> error_;
  policy::Verdict verdict_ = policy::Verdict::success;
  policy::ClientAdvice advice_;
  upstream::TransferInfo transfer_;
  Clock::duration queued_{};
  bool ended_ = false;
};

}  // namespace tidegate::gateway
