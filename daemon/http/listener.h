#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/ip/tcp.hpp>

#include "daemon/http/connection.h"
#include "daemon/platform/task_scope.h"

namespace tidegate::http {

/// Serves one connection to its end.
using Serve = std::function<Task<>(std::shared_ptr<Connection>)>;

/// All connections of one kind of service, over however many listening sockets, with one bound on their number.
/// Loop thread only. The Server must outlive its tasks: stop(), then join().
class Server {
 public:
  Server(const Executor& executor, Serve serve);

  /// For connections that are accepted from now on.
  void set_limits(const Limits& limits) { limits_ = std::make_shared<const Limits>(limits); }

  [[nodiscard]] std::size_t connections() const noexcept { return open_.size(); }
  [[nodiscard]] const Executor& executor() const noexcept { return tasks_.executor(); }

  /// No request is begun any more; those under way are finished, idle connections end now.
  void drain() noexcept;
  /// Ends all connections now.
  void close_all() noexcept;
  /// Waits until all connections have ended.
  Task<> join() { return tasks_.join(); }

  /// Takes over a freshly accepted socket.
  void accepted(Socket socket, Peer peer);

 private:
  Task<> run(std::shared_ptr<Connection> connection);

  Serve serve_;
  std::shared_ptr<const Limits> limits_ = std::make_shared<const Limits>();
  TaskScope tasks_;
  std::unordered_set<std::shared_ptr<Connection>> open_;
  bool draining_ = false;
};

/// One listening socket that feeds a Server. Accepts from start() until its end.
class Listener {
 public:
  /// `fd` is a bound and listening socket, owned from here on. `is_unix`: a Unix socket.
  Listener(Server& server, int fd, bool is_unix);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start();
  /// `127.0.0.1:8433`, `[::1]:8433` or `unix:/path`.
  [[nodiscard]] std::string address() const;

 private:
  struct State;
  static void accept_next(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

/// A TCP socket bound to `host:port` and listening; a descriptor for Listener. Throws std::system_error.
int listen_tcp(const std::string& host, std::uint16_t port);

}  // namespace tidegate::http
