#include "daemon/config/listen_address.h"

#include <gtest/gtest.h>

#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

TEST(ListenAddress, ReadsEachSpelling) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8433"), ListenAddress(TcpAddress{"127.0.0.1", 8433}));
  EXPECT_EQ(parse_listen_address("LOCALHOST:1"), ListenAddress(TcpAddress{"localhost", 1}));
  EXPECT_EQ(parse_listen_address("[0:0::1]:65535"), ListenAddress(TcpAddress{"::1", 65535}));
  EXPECT_EQ(parse_listen_address("0.0.0.0:0"), ListenAddress(TcpAddress{"0.0.0.0", 0}));
  EXPECT_EQ(parse_listen_address("unix"), ListenAddress(UnixAddress{}));
  EXPECT_EQ(parse_listen_address("unix:/run/api.sock"), ListenAddress(UnixAddress{"/run/api.sock"}));
}

TEST(ListenAddress, IsSpelledAsItIsRead) {
  for (const auto* text : {"127.0.0.1:8433", "[::1]:8433", "localhost:80", "unix", "unix:/run/api.sock", "[::]:0"})
    EXPECT_EQ(format_listen_address(parse_listen_address(text)), text);
}

TEST(ListenAddress, RefusesEverythingElse) {
  for (const auto* text : {"",
                           ":",
                           ":80",
                           "80",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:08",
                           "127.0.0.1:65536",
                           "127.0.0.1:+1",
                           "127.1:80",
                           "[127.0.0.1]:80",
                           "::1:80",
                           "[::1]",
                           "[]:80",
                           "*:80",
                           "example.com:80",
                           "[fe80::1%eth0]:80",
                           "unix:",
                           "unix:a",
                           "unix:/run/",
                           "tcp://127.0.0.1:80"})
    EXPECT_THROW(parse_listen_address(text), ValueError) << text;
  EXPECT_NO_THROW(parse_listen_address("unix:/" + std::string(kMaxUnixPathBytes - 1, 's')));
  EXPECT_THROW(parse_listen_address("unix:/" + std::string(kMaxUnixPathBytes, 's')), ValueError);
}

TEST(ListenAddress, KnowsWhatOthersCanReach) {
  for (const auto* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix", "unix:/a"})
    EXPECT_TRUE(is_local(parse_listen_address(text))) << text;
  for (const auto* text : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "[::ffff:10.0.0.1]:1", "[fe80::1]:1"})
    EXPECT_FALSE(is_local(parse_listen_address(text))) << text;
}

}  // namespace
}  // namespace tidegate::config
