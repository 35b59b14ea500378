// News of the network on macOS and the BSDs: the routing socket, route(4).
#include <fcntl.h>
#include <net/route.h>
#include <sys/socket.h>

#include "daemon/platform/network_watcher.h"

namespace tidegate::platform {

int open_network_news() noexcept {
  const int fd = ::socket(PF_ROUTE, SOCK_RAW, AF_UNSPEC);
  if (fd < 0) return -1;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

}  // namespace tidegate::platform
