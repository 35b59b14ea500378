#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace tidegate::sim {

/// At most so many requests in any minute. Time is passed in.
class RateWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Verdict {
    bool allowed;
    std::uint64_t remaining;
    std::chrono::milliseconds until_next;  ///< until a further request would be allowed; 0 while some remain
  };

  Verdict take(Time now, std::uint64_t per_minute);

 private:
  std::deque<Time> taken_;
};

}  // namespace tidegate::sim
