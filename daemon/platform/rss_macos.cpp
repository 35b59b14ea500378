#include <mach/mach.h>

#include "daemon/platform/rss.h"

namespace tidegate::platform {

std::uint64_t resident_bytes() noexcept {
  mach_task_basic_info info{};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  const auto result = ::task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&info), &count);
  return result == KERN_SUCCESS ? info.resident_size : 0;
}

}  // namespace tidegate::platform
