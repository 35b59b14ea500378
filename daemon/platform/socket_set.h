#pragma once

#include <functional>
#include <memory>

#include "daemon/platform/loop.h"

namespace tidegate::platform {

/// Descriptors that a foreign library owns (libcurl's sockets and its resolver's), watched on the loop. Loop thread
/// only. Two implementations: an epoll set that Asio waits on as one descriptor (Linux), and one Asio wait for each
/// descriptor (elsewhere: macOS refuses a kqueue inside Asio's kqueue).
class SocketSet {
 public:
  enum Interest : unsigned { none = 0, readable = 1, writable = 2 };

  /// Called for a ready descriptor with what it is ready for; errors count as both.
  using Ready = std::function<void(int fd, unsigned ready)>;
  /// Called once after a round of Ready calls.
  using RoundDone = std::function<void()>;

  static std::unique_ptr<SocketSet> make(const Executor& executor, Ready ready, RoundDone done);
  /// The portable one, whatever the platform: so that it is tested everywhere.
  static std::unique_ptr<SocketSet> make_portable(const Executor& executor, Ready ready, RoundDone done);

  virtual ~SocketSet() = default;

  /// Sets what `fd` is watched for. `none` keeps the registration, which makes the next watch cheap: the owner must
  /// then call forget() before it closes the descriptor.
  virtual void watch(int fd, unsigned interest) = 0;

  /// Ends all watching of `fd`. No Ready call for it follows, also if its number is used again at once. Unknown
  /// descriptors are ignored.
  virtual void forget(int fd) = 0;
};

}  // namespace tidegate::platform
