#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/platform/peer_credentials.h"

namespace tidegate::platform {

std::optional<PeerCredentials> peer_credentials(int fd) noexcept {
  PeerCredentials peer{};
  if (::getpeereid(fd, &peer.uid, &peer.gid) != 0) return std::nullopt;
#ifdef LOCAL_PEERPID
  pid_t pid = 0;
  socklen_t length = sizeof pid;
  if (::getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &length) == 0 && pid > 0) peer.pid = pid;
#endif
  return peer;
}

}  // namespace tidegate::platform
