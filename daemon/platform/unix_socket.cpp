#include "daemon/platform/unix_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::platform {
namespace {

Error failed(std::string message) { return Error{ErrorCode::internal, std::move(message)}; }

Error failed_call(const char* what, const std::string& path) {
  return failed(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

Error somebody_listens(const std::string& path) {
  return failed(fmt::format("another tidegated is listening on {}", path));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());  // its length was checked; the rest is zero
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

int make_socket() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

Result<int> take_lock(const std::string& path) {
  const auto name = path + ".lock";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd < 0) return failed_call("open the lock file", name);
  struct stat status{};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    ::close(fd);
    return failed(fmt::format("{} is not a lock file of ours; remove it", name));
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const bool held = errno == EWOULDBLOCK;
    auto error = held ? somebody_listens(path) : failed_call("lock", name);
    ::close(fd);
    return error;
  }
  return fd;
}

/// Leaves the path free, or says why it cannot be.
Result<Ok> clear_path(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return Ok{};
    return failed_call("look at", path);
  }
  if (!S_ISSOCK(status.st_mode)) {
    const char* kind = S_ISLNK(status.st_mode) ? "a symbolic link" : S_ISDIR(status.st_mode) ? "a folder" : "a file";
    return failed(fmt::format("{} is {}, not a socket; it was left as it is", path, kind));
  }
  if (status.st_uid != ::geteuid()) {
    return failed(fmt::format("the socket {} belongs to another user (uid {})", path, status.st_uid));
  }
  const int probe = make_socket();
  if (probe < 0) return failed_call("make a socket to try", path);
  const auto address = address_of(path);
  const int answer = ::connect(probe, generic(address), sizeof address) == 0 ? 0 : errno;
  ::close(probe);
  if (answer == ENOENT) return Ok{};
  if (answer == 0 || answer == EAGAIN || answer == EINPROGRESS) return somebody_listens(path);
  if (answer != ECONNREFUSED) {
    return failed(fmt::format("the socket {} is not one of ours: {}", path, std::strerror(answer)));
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed_call("replace the stale socket", path);
  return Ok{};
}

}  // namespace

Result<UnixListener> UnixListener::open(const std::filesystem::path& path, mode_t mode) {
  const auto name = path.string();
  if (name.size() >= sizeof(sockaddr_un::sun_path)) {
    return failed(fmt::format("the socket's path is too long ({} bytes, at most {}): {}", name.size(),
                              sizeof(sockaddr_un::sun_path) - 1, name));
  }
  auto folder = prepare_private_folder(path.has_parent_path() ? path.parent_path() : ".");
  if (!folder) return folder.error();
  UnixListener listener;
  listener.path_ = path;
  auto lock = take_lock(name);
  if (!lock) return lock.error();
  listener.lock_ = *lock;
  auto cleared = clear_path(name);
  if (!cleared) return cleared.error();

  listener.descriptor_ = make_socket();
  if (listener.descriptor_ < 0) return failed_call("make a socket for", name);
  const auto address = address_of(name);
  if (::bind(listener.descriptor_, generic(address), sizeof address) != 0) return failed_call("bind", name);
  struct stat status{};
  if (::lstat(name.c_str(), &status) != 0) return failed_call("look at", name);
  listener.device_ = status.st_dev;
  listener.inode_ = status.st_ino;
  listener.bound_ = true;
  // Before listen(): until then every connection is refused, whatever the mode.
  if (::chmod(name.c_str(), mode) != 0) return failed_call("set the mode of", name);
  if (::listen(listener.descriptor_, SOMAXCONN) != 0) return failed_call("listen on", name);
  return listener;
}

UnixListener::UnixListener(UnixListener&& other) noexcept { swap(other); }

UnixListener& UnixListener::operator=(UnixListener&& other) noexcept {
  if (this != &other) {
    remove();
    swap(other);
  }
  return *this;
}

UnixListener::~UnixListener() { remove(); }

int UnixListener::take_descriptor() noexcept { return std::exchange(descriptor_, -1); }

void UnixListener::remove() noexcept {
  struct stat status{};
  const bool ours = bound_ && ::lstat(path_.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) &&
                    status.st_dev == device_ && status.st_ino == inode_;
  if (ours) ::unlink(path_.c_str());
  bound_ = false;
  for (int* fd : {&descriptor_, &lock_}) {
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  }
}

void UnixListener::swap(UnixListener& other) noexcept {
  path_.swap(other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(lock_, other.lock_);
  std::swap(bound_, other.bound_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
}

}  // namespace tidegate::platform
