#include "daemon/platform/memory_tuning.h"

namespace tidegate::platform {

void tune_allocator() noexcept {}

}  // namespace tidegate::platform
