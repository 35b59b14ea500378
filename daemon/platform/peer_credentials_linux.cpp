#include <sys/socket.h>

#include "daemon/platform/peer_credentials.h"

namespace tidegate::platform {

std::optional<PeerCredentials> peer_credentials(int fd) noexcept {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || length != sizeof peer) return std::nullopt;
  // Linux answers for sockets of every family; without a peer the process is 0 and the user is nobody at all.
  if (peer.pid == 0 && peer.uid == static_cast<uid_t>(-1)) return std::nullopt;
  return PeerCredentials{peer.uid, peer.gid, peer.pid == 0 ? std::nullopt : std::optional<pid_t>(peer.pid)};
}

}  // namespace tidegate::platform
