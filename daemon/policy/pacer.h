#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/policy/adaptive_concurrency.h"
#include "daemon/policy/learned_rate.h"
#include "daemon/policy/outage_gate.h"
#include "daemon/policy/rate_hints.h"
#include "daemon/policy/rate_window.h"

namespace tidegate::policy {

/// What an answer says about the pace, by the table of verdicts.
enum class Signal {
  ok,            ///< the upstream did the work (or said no for a reason that has nothing to do with the pace)
  rate_limited,  ///< 429: too fast
  busy,          ///< a 503, a timeout or a broken connection among good answers: less at once, and no more than that
  overloaded,    ///< 503, 529, timeouts, unreachable: the upstream cannot
  failed,        ///< another failure: says nothing about the pace
  cancelled      ///< ended by us or by the client
};

/// One attempt's answer. `latency` from its start to its head, or to its failure.
struct PaceAnswer {
  Signal signal = Signal::ok;
  std::chrono::steady_clock::duration latency{};
  std::optional<std::chrono::milliseconds> retry_after;  ///< with rate_limited or overloaded
  RateHint requests;  ///< the limit on calls, as any answer tells it: of the whole upstream, not of this gateway
};

/// Why the next call waits.
enum class PaceWait {
  none,           ///< it may go
  pace,           ///< the learned or configured rate
  rate_limit,     ///< the upstream refused and we wait it out, by its own word where it gave one
  upstream_down,  ///< the upstream fails; the next call is the probe
  concurrency     ///< as many calls are under way as it bears
};

std::string_view pace_wait_name(PaceWait wait) noexcept;

/// For status.
struct PaceState {
  PaceWait wait = PaceWait::none;
  std::chrono::steady_clock::duration until{};  ///< with pace, rate_limit and upstream_down
  std::optional<double> per_minute;             ///< nothing while no limit is known
  std::uint32_t in_flight = 0;
  std::uint32_t concurrency_limit = 0;
};

/// The gate in front of one upstream and model, shared by all local clients: says when the next call may go and how
/// many may be under way, from the answers alone. Pure; loop thread only; fixed size, no heap. Times must not go back;
/// randoms are uniform in [0, 1).
///
/// For each attempt: wait until may_start(), then started(), then once answered() (at its head or failure) and once
/// finished() (when its place is free: at the end of the body). An attempt that ends without an answer is answered()
/// with Signal::cancelled.
class Pacer {
 public:
  using Time = std::chrono::steady_clock::duration;

  struct Options {
    std::uint32_t max_in_flight = 32;
    std::optional<std::uint32_t> per_minute;  ///< calls a minute that this gateway may make; nothing: learned
  };

  explicit Pacer(const Options& options);
  void set_options(const Options& options) noexcept;

  /// When the pace lets the next call go; not after `now` when it may go at once. Concurrency is has_room()'s matter:
  /// it ends with an answer or a finish, not with time. May become earlier or later with each answered().
  [[nodiscard]] Time earliest(Time now) noexcept;
  [[nodiscard]] bool has_room() const noexcept { return in_flight_ < concurrency_.limit(); }
  [[nodiscard]] bool may_start(Time now) noexcept { return has_room() && earliest(now) <= now; }

  void started(Time now, double random) noexcept;
  void answered(Time now, const PaceAnswer& answer, double random) noexcept;
  void finished() noexcept;

  /// Whether the upstream fails, so that calls are probes for its return and not tries of their requests.
  [[nodiscard]] bool upstream_down() const noexcept { return outage_.failures() >= kDownAfter; }

  /// Whether the next call will most likely be served. While not, a request that has few tries left had better let
  /// others go before it, or it is lost to a limit that is only being learned.
  [[nodiscard]] bool calm() const noexcept {
    return refusals_ == 0 && rate_.refused_share() < kCalmShare && outage_.failures() == 0;
  }
  static constexpr double kCalmShare = 0.12;  ///< refused, of about the last dozen answers

  [[nodiscard]] PaceState state(Time now) noexcept;

  static constexpr std::uint32_t kDownAfter = 3;  ///< rounds of failures
  /// What an idle gate saves up: calls that may then go at once.
  static constexpr std::chrono::seconds kCredit{5};
  /// The share of a configured limit that is used; the rest is for calls that arrive closer together than they left.
  static constexpr double kUsedShare = 0.98;
  /// The longest a Retry-After or reset is waited out before it is asked again.
  static constexpr std::chrono::minutes kLongestHold{10};
  /// The longest wait after a refusal that names none.
  static constexpr std::chrono::seconds kLongestGuess{30};
  /// How far above a told wait the call may go, so that gateways that were told the same do not come in one instant.
  static constexpr std::chrono::milliseconds kMostSpread{150};

 private:
  void learn_refusal(Time now) noexcept;
  void refused(Time now, const PaceAnswer& answer, double random) noexcept;
  void hold(Time until) noexcept;

  std::optional<std::uint32_t> per_minute_;
  LearnedRate rate_;
  OutageGate outage_;
  AdaptiveConcurrency concurrency_;
  RateWindow starts_;
  RateWindow good_;
  Time next_ = Time::min();     // by the pace
  Time hold_ = Time::min();     // by refusals
  std::uint32_t refusals_ = 0;  // rounds of them without a good answer between
  Time last_refusal_ = Time::min();
  std::uint32_t in_flight_ = 0;
  bool paced_ = false;  // whether the last start had waited for the pace
};

}  // namespace tidegate::policy
