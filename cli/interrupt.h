#pragma once

namespace tidegate::cli {

/// While one lives, the first Ctrl-C only sets interrupted(); a second one ends the program as usual. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

bool interrupted() noexcept;

}  // namespace tidegate::cli
