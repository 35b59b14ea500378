#include "daemon/platform/process_hardening.h"

namespace tidegate::platform {

// macOS: System Integrity Protection and the hardened runtime decide who may read a process.
void forbid_memory_reading() noexcept {}

}  // namespace tidegate::platform
