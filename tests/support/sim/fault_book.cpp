#include "tests/support/sim/fault_book.h"

namespace tidegate::sim {

Faults FaultBook::choose(std::string_view key, const std::vector<FaultGroup>& groups) {
  Faults faults;
  bool timed_group_struck = false;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& group = groups[i];
    if (!group.times) {
      group.apply(faults);
      continue;
    }
    if (timed_group_struck) continue;
    if (used_.size() >= kMaxFaultCounts) used_.clear();
    // The place tells two groups apart that read the same.
    auto& used = used_[std::string(key) + '\n' + std::to_string(i) + '\n' + group.text];
    if (used >= *group.times) continue;
    ++used;
    timed_group_struck = true;
    group.apply(faults);
  }
  return faults;
}

}  // namespace tidegate::sim
