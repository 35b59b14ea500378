#include <malloc.h>

#include "daemon/platform/memory_tuning.h"

namespace tidegate::platform {

void tune_allocator() noexcept {
  // Without it the heap's top is given to the system and taken back several times in ten requests.
  constexpr int kTrimThreshold = 4 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
  ::mallopt(M_TOP_PAD, 256 << 10);
  // Setting the others fixes this one too: large bodies come straight from the system and go straight back.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // One loop thread and one for storage: more arenas would only hold memory.
  ::mallopt(M_ARENA_MAX, 2);
}

}  // namespace tidegate::platform
