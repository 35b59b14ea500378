#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <string_view>

#include "common/ascii.h"
#include "daemon/platform/rss.h"

namespace tidegate::platform {

std::uint64_t resident_bytes() noexcept {
  const int fd = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::array<char, 128> text{};  // "TOTAL RESIDENT …", in pages
  const auto length = ::read(fd, text.data(), text.size());
  ::close(fd);
  if (length <= 0) return 0;
  const std::string_view line(text.data(), static_cast<std::size_t>(length));
  const auto first = line.find(' ') + 1;  // npos + 1 is 0, and the first number then is the only one
  const auto pages = parse_u64(line.substr(first, line.find(' ', first) - first));
  return pages.value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace tidegate::platform
