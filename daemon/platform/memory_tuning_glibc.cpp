#include <malloc.h>

#include "daemon/platform/memory_tuning.h"

namespace tidegate::platform {

void tune_allocator() noexcept {
  // The heap's top would be given to the system and taken back with each second large body, a page fault for each
  // 4 KiB. What a busy time leaves behind is given back in the quiet after it.
  constexpr int kTrimThreshold = 32 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
  ::mallopt(M_TOP_PAD, 1 << 20);
  // Setting the others fixes this one too: large bodies come straight from the system and go straight back.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // One loop thread and one for storage: more arenas would only hold memory.
  ::mallopt(M_ARENA_MAX, 2);
}

void give_back_memory() noexcept { ::malloc_trim(0); }

}  // namespace tidegate::platform
