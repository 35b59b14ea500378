#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/steady_timer.hpp>

#include "tests/support/sim/connection.h"
#include "tests/support/sim/router.h"

namespace tidegate::sim {

/// Listens and starts a Connection for each client. One thread.
class Server {
 public:
  /// Binds at once; throws std::system_error where it cannot. `tls` is empty for plain HTTP.
  Server(asio::io_context& loop, Router& router, std::optional<asio::ssl::context> tls);

  void start();
  /// Ends all connections; the loop then runs dry.
  void stop();
  [[nodiscard]] std::uint16_t port() const;
  /// Where clients find it: `https://127.0.0.1:PORT/v1`.
  [[nodiscard]] std::string base_url() const;

 private:
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(asio::ip::tcp::socket socket);

  asio::io_context& loop_;
  Router& router_;
  std::optional<asio::ssl::context> tls_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer breather_;  ///< for when there are no descriptors left
  std::unordered_set<Connection*> connections_;
};

/// A context with the certificate chain and key of these files. Throws std::system_error with the file's name.
asio::ssl::context server_context(const std::string& cert, const std::string& key);

}  // namespace tidegate::sim
