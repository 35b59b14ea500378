#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/platform/clock.h"

namespace tidegate::dispatch {

/// What a request waits for.
enum class WaitReason : std::uint8_t {
  none,          ///< nothing: its turn is there
  slot,          ///< others are before it and every slot (upstream.maxInFlight) is taken
  rate_limit,    ///< the upstream's limit: no request goes before a known time
  circuit_open,  ///< the upstream is gone: it is asked again at a known time, and then with few at once
  concurrency    ///< as many are under way as the upstream bears now
};
std::string_view to_string(WaitReason reason) noexcept;

/// Whether a request may go, and if not, why and until when.
struct Opening {
  WaitReason reason = WaitReason::none;  ///< none: now
  TimePoint until = TimePoint::max();    ///< max(): until another one ends or the upstream answers
};

/// What stands between the queue and the upstream: pace, concurrency, circuit. Loop thread only; no call may throw or
/// call back into the queue. Where it opens for another reason than time or a finished(), WaitQueue::gate_changed()
/// has to be called.
class Gate {
 public:
  using Pass = std::uint64_t;  ///< the gate's own word for what it let through

  virtual ~Gate() = default;

  /// For the next request to `model`. `until` is not before `now`.
  [[nodiscard]] virtual Opening opening(std::string_view model, TimePoint now) noexcept = 0;
  /// One goes, right after opening() said that it may.
  virtual Pass started(std::string_view model, TimePoint now) noexcept = 0;
  /// Its slot is free again, whatever became of it.
  virtual void finished(std::string_view model, Pass pass, TimePoint now) noexcept = 0;
};

}  // namespace tidegate::dispatch
