#include <sys/prctl.h>

#include "daemon/platform/process_hardening.h"

namespace tidegate::platform {

// A limit of zero for core files does not bind a core_pattern that pipes to a program; not being dumpable does.
void forbid_memory_reading() noexcept { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace tidegate::platform
