#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "daemon/dispatch/answer_check.h"
#include "daemon/dispatch/exchange.h"
#include "daemon/dispatch/upstream_gate.h"
#include "daemon/dispatch/wait_queue.h"
#include "daemon/observe/counters.h"
#include "daemon/policy/client_advice.h"
#include "daemon/policy/retry_budget.h"
#include "daemon/policy/retry_policy.h"
#include "daemon/upstream/upstream.h"

namespace tidegate::dispatch {

/// The upstream's answer that the client is to get, at its first bytes.
struct Answer {
  Slot slot;  ///< held while the answer streams
  std::unique_ptr<upstream::ResponseStream> stream;
  policy::Verdict verdict = policy::Verdict::success;
  policy::ClientAdvice advice;  ///< of a failure: what the client is told
};

/// What all exchanges share on their way out. Loop thread only.
struct Dispatcher {
  upstream::Upstream& upstream;
  WaitQueue& queue;
  UpstreamGate& gate;
  policy::RetryBudget& budget;
  observe::Counters& counters;
  std::mt19937_64& random;
};

/// Takes one exchange through queue, attempts and waits until there is an answer to pass on. Nothing has gone to the
/// client before run() returns, so until then everything may be repeated.
class Attempts {
 public:
  Attempts(Dispatcher& dispatcher, Exchange& exchange);

  /// The answer to pass on, good or final; an Error where there is none. Error client_gone: the client hung up.
  Task<Result<Answer>> run();

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] Clock::duration queued() const noexcept { return queued_; }

  /// How long a failure's body is waited for, which says what kind it is and whose end frees its connection.
  static constexpr std::chrono::milliseconds kErrorBodyTime{250};

 private:
  Task<Result<Slot>> wait_for_slot();
  [[nodiscard]] upstream::Request request() const;
  Task<> wait_for_answer(AnswerCheck& check);
  Task<> back_off(std::chrono::milliseconds wait);
  void note(const AnswerCheck& check, const policy::Outcome& outcome, Clock::duration latency);
  policy::Decision decide(const policy::Outcome& outcome, TimePoint started);
  /// Until when it may wait and be repeated.
  [[nodiscard]] TimePoint deadline() const noexcept;
  [[nodiscard]] Error too_late() const;

  Dispatcher& shared_;
  Exchange& exchange_;
  WaitQueue::Place place_;
  policy::TryTimes tries_;            // those that count against retry.maxAttempts
  std::uint32_t unreached_ = 0;       // attempts that made no connection
  std::optional<Error> unreachable_;  // why the last attempt made no connection
  std::uint32_t count_ = 0;
  Clock::duration queued_{};
};

/// When a refused client may come again: about as long as the queue needs to move on.
std::chrono::milliseconds suggested_wait(const WaitQueue& queue, std::chrono::milliseconds typical_latency) noexcept;

}  // namespace tidegate::dispatch
