#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "daemon/dispatch/exchange.h"
#include "daemon/dispatch/wait_queue.h"
#include "daemon/observe/counters.h"
#include "daemon/policy/retry_budget.h"
#include "daemon/policy/retry_policy.h"
#include "daemon/upstream/upstream.h"

namespace tidegate::dispatch {

/// The upstream's answer that the client is to get, at its first bytes.
struct Answer {
  Slot slot;  ///< held while the answer streams
  std::unique_ptr<upstream::ResponseStream> stream;
  policy::Verdict verdict = policy::Verdict::success;
};

/// What all exchanges share on their way out. Loop thread only.
struct Dispatcher {
  upstream::Upstream& upstream;
  WaitQueue& queue;
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

  /// Up to so many bytes of a sized answer are waited for before it is passed on: until then it can be repeated.
  static constexpr std::uint64_t kHeldAnswer = 64 << 10;
  /// How long a failed attempt's body is read so that its connection can be used again.
  static constexpr std::chrono::milliseconds kDrainTime{250};

 private:
  Task<Result<Slot>> wait_for_slot();
  Task<> wait_for_answer(upstream::ResponseStream& stream);
  Task<> drain(std::unique_ptr<upstream::ResponseStream> stream);
  Task<> back_off(std::chrono::milliseconds wait);
  [[nodiscard]] static bool worth_passing_on(const upstream::ResponseStream& stream);
  [[nodiscard]] policy::Outcome judge(const upstream::ResponseStream& stream) const;
  policy::Decision decide(const policy::Outcome& outcome);

  Dispatcher& shared_;
  Exchange& exchange_;
  TimePoint deadline_;
  std::uint64_t arrival_;
  std::uint32_t count_ = 0;
  Clock::duration queued_{};
};

/// When a refused client may come again: about as long as the queue needs to move on.
std::chrono::milliseconds suggested_wait(const WaitQueue& queue, const observe::Percentiles& latency) noexcept;

}  // namespace tidegate::dispatch
