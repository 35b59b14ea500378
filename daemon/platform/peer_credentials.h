#pragma once

#include <sys/types.h>
#include <optional>

namespace tidegate::platform {

/// Who is at the other end of a Unix socket, as the kernel says: nobody can lie about it. As of the time of connecting.
struct PeerCredentials {
  uid_t uid;
  gid_t gid;
  std::optional<pid_t> pid;  ///< not every system tells
};

/// Nothing where `fd` is no connected Unix socket.
std::optional<PeerCredentials> peer_credentials(int fd) noexcept;

}  // namespace tidegate::platform
