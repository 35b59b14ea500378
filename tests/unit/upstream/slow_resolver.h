#pragma once

#include <string>

namespace tidegate::upstream {

/// Takes getaddrinfo's place in this process, libcurl's resolver threads included: a name that ends in ".held" is not
/// answered before release() (or kLongest has passed, so that a blocked loop fails a test instead of hanging it), and
/// then is 127.0.0.1. Other names are answered as ever. While it lives; one at a time.
class SlowResolver {
 public:
  static constexpr int kLongestSeconds = 6;

  SlowResolver();
  ~SlowResolver();  ///< releases, and waits for the threads that it held
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  void release();
  /// Threads that wait now.
  [[nodiscard]] static int held();
  /// Whether look-ups of this process come here at all: not on every system.
  [[nodiscard]] static bool works();
};

}  // namespace tidegate::upstream
