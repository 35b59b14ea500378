#pragma once

#include "daemon/platform/clock.h"

namespace tidegate::dispatch {

/// Signs of life for a client whose exchange waits. Loop thread only.
class KeepAlive {
 public:
  /// When the next sign is due; max(): never.
  [[nodiscard]] virtual TimePoint due() const noexcept = 0;
  /// Gives one; the next is due later. Where the client does not take it, its hang-up is noticed as ever.
  virtual Task<> beat() = 0;

 protected:
  ~KeepAlive() = default;
};

}  // namespace tidegate::dispatch
