#pragma once

#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include "daemon/http/connection.h"
#include "daemon/platform/task_scope.h"

namespace tidegate::http {

/// The client's end of a socket pair, used without waiting: what has not arrived yet is not there.
class ClientEnd {
 public:
  explicit ClientEnd(int fd) : fd_(fd) {}
  ClientEnd(ClientEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ClientEnd& operator=(ClientEnd&&) = delete;
  ~ClientEnd() { close(); }

  /// How many of the bytes the socket took.
  std::size_t send(std::string_view bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    return sent;
  }

  /// What has arrived, up to `limit` bytes; notes the end.
  std::string receive(std::size_t limit = std::string::npos) {
    std::string all;
    std::array<char, 65536> piece{};
    while (all.size() < limit) {
      const auto count = ::recv(fd_, piece.data(), std::min(piece.size(), limit - all.size()), MSG_DONTWAIT);
      if (count < 0) {
        reset_ = reset_ || errno == ECONNRESET;
        break;
      }
      if (count == 0) {
        ended_ = true;
        break;
      }
      all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

  /// receive() has met the end of the connection.
  [[nodiscard]] bool ended() const noexcept { return ended_ || reset_; }

  void finish_sending() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  bool ended_ = false;
  bool reset_ = false;
};

/// A loop under the manual clock, and connections over socket pairs on it.
class Wire {
 public:
  explicit Wire(const Limits& limits = {}) : limits_(limits) {}
  ~Wire() {
    for (const auto& connection : connections_) connection->close();
    settle();
  }

  /// The server's socket of a new pair and the client's end.
  std::pair<Socket, ClientEnd> pair() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()) != 0) std::abort();
    return {Socket(loop.get_executor(), asio::generic::stream_protocol(AF_UNIX, 0), fds[0]), ClientEnd(fds[1])};
  }

  std::pair<std::shared_ptr<Connection>, ClientEnd> connect() {
    auto [socket, client] = pair();
    connections_.push_back(
        std::make_shared<Connection>(std::move(socket), std::make_shared<const Limits>(limits_), Peer{true, 0}));
    return {connections_.back(), std::move(client)};
  }

  /// Runs what is ready, until nothing is.
  void settle() { run_for(Clock::duration::zero()); }
  void run_for(Clock::duration time, Clock::duration step = std::chrono::milliseconds(100)) {
    ManualClock::run_for(loop, time, step);
  }

  ManualClock clock;
  asio::io_context loop{1};
  TaskScope tasks{loop.get_executor()};

 private:
  Limits limits_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace tidegate::http
