#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/platform/clock.h"

namespace tidegate::observe {

/// `warning`: everything works, yet somebody should look. `error`: something does not work; the gateway is degraded.
enum class Severity { warning, error };
std::string_view to_string(Severity severity) noexcept;

struct HealthItem {
  std::string code;  ///< stable, for programs: "upstream_down"
  Severity severity = Severity::warning;
  std::string summary;                          ///< one line for a person, no secrets
  std::chrono::system_clock::time_point since;  ///< when it began, settling included
};

enum class Health { ok, degraded };

/// What is wrong now. An item is seen only once it has lasted for its settle time: a hiccup alarms nobody. Pure: time
/// is passed in.
class HealthTracker {
 public:
  /// More codes than the daemon has; further ones are dropped, errors in the daemon's own code must not eat memory.
  static constexpr std::size_t kMaxItems = 64;
  static constexpr std::size_t kMaxSummary = 512;  ///< bytes

  /// Begins the item, or renews the text and severity of one that has begun: when it began stays. The settle time is
  /// that of the latest call.
  void set(std::string_view code, Severity severity, std::string_view summary, TimePoint now,
           std::chrono::system_clock::time_point wall_now, Clock::duration settle = Clock::duration::zero());

  /// Ends it; it need not have begun.
  void clear(std::string_view code);

  /// The gravest first, then the oldest.
  [[nodiscard]] std::vector<HealthItem> visible(TimePoint now) const;

  /// Degraded while an error is visible.
  [[nodiscard]] Health overall(TimePoint now) const noexcept;

 private:
  struct Tracked {
    HealthItem item;
    TimePoint began;
    Clock::duration settle;
    [[nodiscard]] bool seen(TimePoint now) const noexcept { return now - began >= settle; }
  };
  std::map<std::string, Tracked, std::less<>> items_;
};

}  // namespace tidegate::observe
