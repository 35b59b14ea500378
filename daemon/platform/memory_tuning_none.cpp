#include "daemon/platform/memory_tuning.h"

namespace tidegate::platform {

void tune_allocator() noexcept {}

void give_back_memory() noexcept {}

}  // namespace tidegate::platform
