#include "daemon/platform/peer_credentials.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>

#include "daemon/platform/rss.h"

namespace tidegate::platform {
namespace {

TEST(PeerCredentials, TellWhoIsAtTheOtherEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const auto peer = peer_credentials(ends[0]);
  ASSERT_TRUE(peer.has_value());
  EXPECT_EQ(peer->uid, ::geteuid());
  EXPECT_EQ(peer->gid, ::getegid());
  if (peer->pid) {
    EXPECT_EQ(*peer->pid, ::getpid());
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(PeerCredentials, AreNothingForWhatIsNoConnectedUnixSocket) {
  EXPECT_FALSE(peer_credentials(-1).has_value());
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  EXPECT_FALSE(peer_credentials(pipe_ends[0]).has_value());
  for (const int fd : pipe_ends) ::close(fd);
  for (const int family : {AF_INET, AF_UNIX}) {
    const int fd = ::socket(family, SOCK_STREAM, 0);
    ASSERT_GE(fd, 0);
    EXPECT_FALSE(peer_credentials(fd).has_value());
    ::close(fd);
  }
}

TEST(ResidentBytes, AreBelievable) {
  EXPECT_GT(resident_bytes(), 1U << 20);
  EXPECT_LT(resident_bytes(), 1ULL << 40);
}

}  // namespace
}  // namespace tidegate::platform
