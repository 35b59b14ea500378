#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/support/sim/faults.h"

namespace tidegate::sim {

inline constexpr std::size_t kMaxFaultCounts = 65'536;  ///< then all counts begin anew

/// Counts how often each timed group has struck, per key, so that `status=503,times=2` fails twice and then no more.
class FaultBook {
 public:
  /// The faults of this request. Groups with a bound come one after the other (the second begins when the first is used
  /// up); groups without one always apply.
  Faults choose(std::string_view key, const std::vector<FaultGroup>& groups);
  void clear() noexcept { used_.clear(); }

 private:
  std::unordered_map<std::string, std::uint64_t> used_;
};

}  // namespace tidegate::sim
