#include "daemon/platform/unix_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::platform {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

sockaddr_un address_of(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int connect_error(const fs::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const auto address = address_of(path);
  const int error = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

/// A socket as another program leaves it: bound, listening if asked for; the caller closes it.
int foreign_socket(const fs::path& path, int type, bool listening) {
  const int fd = ::socket(AF_UNIX, type, 0);
  const auto address = address_of(path);
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  if (listening) {
    EXPECT_EQ(::listen(fd, 1), 0);
  }
  return fd;
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

struct UnixSocketTest : testing::Test {
  test::TemporaryFolder folder;
  fs::path path = folder / "run" / "api.sock";

  std::string refusal() const {
    auto listener = UnixListener::open(path);
    return listener ? "was not refused" : listener.error().message;
  }
};

TEST_F(UnixSocketTest, ListensInAFolderOfItsOwn) {
  auto listener = UnixListener::open(path);
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  EXPECT_EQ(mode_of(path.parent_path()), 0700U);
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(connect_error(path), 0);
  const int fd = listener->take_descriptor();
  ASSERT_GE(fd, 0);
  EXPECT_TRUE((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  EXPECT_TRUE((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  EXPECT_EQ(listener->take_descriptor(), -1);
  ::close(fd);
}

TEST_F(UnixSocketTest, SetsTheModeAskedForWhateverTheUmask) {
  const auto before = ::umask(077);
  auto listener = UnixListener::open(path, 0660);
  ::umask(before);
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(mode_of(path), 0660U);
}

TEST_F(UnixSocketTest, RemovesItsSocketAtTheEndAndCanComeBack) {
  for (int i = 0; i < 2; ++i) {
    {
      auto listener = UnixListener::open(path);
      ASSERT_TRUE(listener.ok());
    }
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST_F(UnixSocketTest, LeavesWhatAnotherPutInItsPlace) {
  auto listener = UnixListener::open(path);
  ASSERT_TRUE(listener.ok());
  fs::rename(path, folder / "aside");  // keeps the inode from being used again
  const int other = foreign_socket(path, SOCK_STREAM, true);
  listener->remove();
  EXPECT_EQ(connect_error(path), 0);
  ::close(other);
}

TEST_F(UnixSocketTest, MovesItsPossessions) {
  auto opened = UnixListener::open(path);
  ASSERT_TRUE(opened.ok());
  std::optional<UnixListener> first(std::move(*opened));
  EXPECT_EQ(connect_error(path), 0);
  auto opened_beside = UnixListener::open(folder / "run" / "other.sock");
  ASSERT_TRUE(opened_beside.ok());
  *first = std::move(*opened_beside);
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(first->path(), folder / "run" / "other.sock");
  first.reset();
  EXPECT_FALSE(fs::exists(folder / "run" / "other.sock"));
}

TEST_F(UnixSocketTest, ReplacesADeadProcessesSocket) {
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  ::close(foreign_socket(path, SOCK_STREAM, true));
  ASSERT_EQ(connect_error(path), ECONNREFUSED);
  auto listener = UnixListener::open(path);
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  EXPECT_EQ(connect_error(path), 0);
}

TEST_F(UnixSocketTest, RefusesASocketThatSomebodyAnswers) {
  auto listener = UnixListener::open(path);
  ASSERT_TRUE(listener.ok());
  EXPECT_THAT(refusal(), HasSubstr("another tidegated is listening on " + path.string()));
  EXPECT_EQ(connect_error(path), 0);
}

TEST_F(UnixSocketTest, RefusesALiveSocketOfAProgramThatTakesNoLock) {
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  const int live = foreign_socket(path, SOCK_STREAM, true);
  EXPECT_THAT(refusal(), HasSubstr("another tidegated is listening"));
  for (int i = 0; i < 8; ++i) refusal();  // its backlog is full now: it is no less alive
  EXPECT_THAT(refusal(), HasSubstr("another tidegated is listening"));
  EXPECT_TRUE(fs::exists(path));
  ::close(live);
}

TEST_F(UnixSocketTest, RefusesWhatIsNoSocketAndLeavesIt) {
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  test::write_file(path, "precious");
  EXPECT_THAT(refusal(), HasSubstr("is a file, not a socket"));
  EXPECT_EQ(test::read_file(path), "precious");
  fs::remove(path);
  fs::create_symlink(folder / "elsewhere", path);
  EXPECT_THAT(refusal(), HasSubstr("is a symbolic link, not a socket"));
  EXPECT_TRUE(fs::is_symlink(path));
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_THAT(refusal(), HasSubstr("is a folder, not a socket"));
}

TEST_F(UnixSocketTest, RefusesASocketOfAnotherKind) {
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  const int other = foreign_socket(path, SOCK_DGRAM, false);
  EXPECT_THAT(refusal(), HasSubstr("is not one of ours"));
  EXPECT_TRUE(fs::exists(path));
  ::close(other);
}

TEST_F(UnixSocketTest, RefusesAFolderThatOthersMayWriteTo) {
  fs::create_directory(path.parent_path());
  for (const auto perms : {fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(path.parent_path(), fs::perms::owner_all | perms);
    EXPECT_THAT(refusal(), HasSubstr("others may write to the folder"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(UnixSocketTest, RefusesAnothersFolderAndAnothersSocket) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  ::close(foreign_socket(path, SOCK_STREAM, false));
  ASSERT_EQ(::chown(path.c_str(), kNobody, kNobody), 0);
  EXPECT_THAT(refusal(), HasSubstr("belongs to another user"));
  ASSERT_EQ(::chown(path.parent_path().c_str(), kNobody, kNobody), 0);
  EXPECT_THAT(refusal(), HasSubstr("belongs to another user"));
}

TEST_F(UnixSocketTest, RefusesAFileInTheFoldersPlace) {
  test::write_file(path.parent_path(), "x");
  EXPECT_THAT(refusal(), HasSubstr("is not a folder"));
}

TEST_F(UnixSocketTest, RefusesALockFileThatIsALinkOrNoFile) {
  fs::create_directory(path.parent_path());
  fs::permissions(path.parent_path(), fs::perms::owner_all);
  test::write_file(folder / "target", "x");
  fs::create_symlink(folder / "target", path.string() + ".lock");
  EXPECT_THAT(refusal(), HasSubstr("cannot open the lock file"));
  fs::remove(path.string() + ".lock");
  ASSERT_EQ(::mkfifo((path.string() + ".lock").c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("is not a lock file of ours"));
}

TEST_F(UnixSocketTest, TellsThatThePathIsTooLong) {
  const auto longest = sizeof(sockaddr_un::sun_path) - 1;
  const auto prefix = (folder / "run").string() + "/";
  path = prefix + std::string(longest - prefix.size() + 1, 'x');
  EXPECT_THAT(refusal(), HasSubstr("path is too long"));
  path = prefix + std::string(longest - prefix.size(), 'x');
  EXPECT_EQ(refusal(), "was not refused");
}

TEST_F(UnixSocketTest, MakesMissingParentsForItsOwnerAlone) {
  const auto deep = folder / "a" / "b" / "c";
  ASSERT_TRUE(prepare_private_folder(deep).ok());
  EXPECT_EQ(mode_of(deep), 0700U);
  EXPECT_EQ(mode_of(deep.parent_path()), 0700U);
  EXPECT_TRUE(prepare_private_folder(deep).ok());
}

}  // namespace
}  // namespace tidegate::platform
