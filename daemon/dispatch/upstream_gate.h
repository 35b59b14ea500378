#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "daemon/dispatch/gate.h"
#include "daemon/policy/circuit_breaker.h"
#include "daemon/policy/outcome.h"
#include "daemon/policy/pacer.h"
#include "daemon/policy/verdict.h"

namespace tidegate::dispatch {

/// What of an attempt's end concerns those that come after it.
struct AttemptEnd {
  policy::Judgement judgement;
  std::optional<std::chrono::milliseconds> retry_after;  ///< what the upstream asked for
  policy::RateHint requests;                             ///< the limit on calls, as the answer tells it
  Clock::duration latency{};                             ///< from its start to its head, or to its failure
};

/// The gate to the shared proxy: its circuit, and for each model the pace and the concurrency that its answers have
/// taught. For each attempt: started(), then answered() or given_up() once, and finished(). Loop thread only.
class UpstreamGate final : public Gate {
 public:
  /// Models that are remembered; the one that was quiet for longest makes room for a new one.
  static constexpr std::size_t kMaxModels = 64;

  struct Options {
    std::uint32_t max_in_flight = 32;
  };

  /// `random` must outlive it.
  explicit UpstreamGate(std::mt19937_64& random);

  void set_options(const Options& options);

  [[nodiscard]] Opening opening(std::string_view model, TimePoint now) noexcept override;
  Pass started(std::string_view model, TimePoint now) noexcept override;
  void finished(std::string_view model, Pass pass, TimePoint now) noexcept override;

  /// WaitQueue::gate_changed() is to be called after each of these.
  void answered(std::string_view model, Pass pass, const AttemptEnd& end, TimePoint now);
  void given_up(std::string_view model, TimePoint now);
  /// The way to the upstream is another one: what was learned of its absence does not count.
  void network_changed() noexcept { circuit_.reset(); }

  /// Whether an attempt that starts now is a probe for the upstream's return.
  [[nodiscard]] bool probing(TimePoint now) const noexcept;

  [[nodiscard]] const policy::CircuitBreaker& circuit() const noexcept { return circuit_; }

  /// For status: the models, by name.
  struct ModelState {
    std::string model;
    policy::PaceState pace;
  };
  [[nodiscard]] std::vector<ModelState> models(TimePoint now);

 private:
  struct Model {
    explicit Model(const policy::Pacer::Options& options) : pacer(options) {}
    policy::Pacer pacer;
    std::uint32_t under_way = 0;
    TimePoint last_used;
  };
  Model& find(std::string_view model, TimePoint now);
  [[nodiscard]] double roll();

  std::mt19937_64& random_;
  Options options_;
  policy::CircuitBreaker circuit_;
  std::map<std::string, Model, std::less<>> models_;
};

/// How the pace takes a judgement, by the table of verdicts.
policy::Signal pace_signal(policy::Reason reason) noexcept;

/// Whether a judgement means that the upstream is gone, rather than that it says no.
bool means_gone(policy::Reason reason) noexcept;

}  // namespace tidegate::dispatch
