#include "daemon/config/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "daemon/config/refusal.h"

namespace tidegate::config {
namespace {

class File {
 public:
  /// O_NONBLOCK: opening a FIFO must not wait for a writer.
  explicit File(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    if (fd_ < 0) fail("opened");
    struct stat info{};
    if (::fstat(fd_, &info) != 0) {
      const int error = errno;
      ::close(fd_);  // no destructor runs after a constructor that throws
      errno = error;
      fail("examined");
    }
    mode_ = info.st_mode;
    owner_ = info.st_uid;
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void require_regular() const {
    if (S_ISDIR(mode_)) throw ValueError("it is a directory; expected a regular file");
    if (!S_ISREG(mode_)) throw ValueError("it is a pipe, socket or device; expected a regular file");
  }

  [[nodiscard]] bool exposed() const {
    const bool ours = owner_ == ::geteuid() || ::geteuid() == 0;
    return (mode_ & S_IROTH) != 0 || ((mode_ & S_IRGRP) != 0 && ours);
  }

  /// Reads until the end or one byte past the limit: a file that grows meanwhile cannot go round it.
  [[nodiscard]] std::string read(std::size_t limit) const {
    std::string text;
    std::array<char, 16'384> buffer{};
    while (text.size() <= limit) {
      const auto count = ::read(fd_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("read");
      if (count == 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    throw ValueError(fmt::format("it is larger than {} bytes; expected a smaller file", limit));
  }

 private:
  [[noreturn]] static void fail(std::string_view done) {
    throw ValueError(fmt::format("it cannot be {} ({}); expected a file that this user can read", done,
                                 std::generic_category().message(errno)));
  }

  int fd_;
  mode_t mode_ = 0;
  uid_t owner_ = 0;
};

}  // namespace

FileText read_file(const std::filesystem::path& path, std::size_t limit) {
  const File file(path);
  file.require_regular();
  return {file.read(limit), file.exposed()};
}

bool check_readable(const std::filesystem::path& path) {
  const File file(path);
  file.require_regular();
  return file.exposed();
}

}  // namespace tidegate::config
