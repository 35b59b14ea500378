#include "daemon/platform/process_hardening.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <algorithm>
#include <climits>
#include <csignal>

namespace tidegate::platform {

void forbid_memory_dumps() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  forbid_memory_reading();
}

std::uint64_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return limit.rlim_cur;
#ifdef OPEN_MAX
  // macOS: the hard limit says "infinite", yet more than OPEN_MAX is refused.
  limit.rlim_cur = std::min<rlim_t>(OPEN_MAX, limit.rlim_max);
  if (limit.rlim_cur > before && ::setrlimit(RLIMIT_NOFILE, &limit) == 0) return limit.rlim_cur;
#endif
  return before;
}

void ignore_broken_pipes() noexcept {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;  // NOLINT: SIG_IGN is a cast of the system's own
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

void restrict_new_files() noexcept { ::umask(077); }

void harden_process() noexcept {
  forbid_memory_dumps();
  raise_descriptor_limit();
  ignore_broken_pipes();
  restrict_new_files();
}

}  // namespace tidegate::platform
