#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include <asio/ip/tcp.hpp>

#include "daemon/platform/task_scope.h"

namespace tidegate::upstream {

/// A proxy whose every byte the test decides, on the test's own loop: what happens between two bytes is no matter of
/// threads. Plain HTTP/1.1 on a port of 127.0.0.1.
class ScriptedServer {
 public:
  /// One connection, from the server's side. Errors of the wire end it quietly.
  class Peer {
   public:
    Peer(ScriptedServer& server, asio::basic_stream_socket<asio::ip::tcp, Executor> socket)
        : server_(server), socket_(std::move(socket)) {}

    /// The next request's head with its blank line; empty when the connection has ended.
    Task<std::string> head();
    /// The rest of a body of the length that `head` tells.
    Task<std::string> body(std::string head);
    /// At most `most` bytes, as they come; empty at the end.
    Task<std::string> some(std::size_t most);
    Task<> send(std::string bytes);
    /// Sends byte by byte, letting the loop turn after each.
    Task<> trickle(std::string bytes);
    /// Reads until the client closes or resets.
    Task<> until_closed();
    /// Until ScriptedServer::release().
    Task<> hold();
    void close();
    void reset();

    [[nodiscard]] bool open() const noexcept { return open_; }

   private:
    friend class ScriptedServer;
    ScriptedServer& server_;
    asio::basic_stream_socket<asio::ip::tcp, Executor> socket_;
    std::string unread_;
    bool open_ = true;
  };

  using Script = std::function<Task<>(Peer&)>;

  explicit ScriptedServer(asio::io_context& loop);

  /// What each connection does from now on; when it returns, the peer waits for the client's close.
  void play(Script script) { script_ = std::make_shared<Script>(std::move(script)); }
  /// Answers each request on each connection with `answer`.
  void answer(std::string answer);

  /// Lets all go on that hold(), now and later.
  void release();

  /// Accepts nothing more, closes all connections; run the loop until finished().
  void stop();
  [[nodiscard]] bool finished() const noexcept { return tasks_.size() == 0; }

  [[nodiscard]] unsigned short port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/v1") const;

  std::size_t accepted = 0;  ///< connections so far
  std::size_t open = 0;      ///< connections that neither side has closed
  std::size_t requests = 0;  ///< heads read so far
  std::size_t received = 0;  ///< bytes read so far
  std::size_t sent = 0;      ///< bytes that the kernel took so far
  std::string last_head;
  std::string last_body;

 private:
  Task<> accept();
  Task<> serve(std::shared_ptr<Peer> peer);

  asio::io_context& loop_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  TaskScope tasks_;
  std::shared_ptr<Script> script_;
  std::unordered_set<Peer*> peers_;
  unsigned short port_ = 0;
  bool released_ = false;
};

/// A whole 200 answer with a sized body.
std::string ok_answer(std::string_view body, std::string_view more_headers = "");

}  // namespace tidegate::upstream
