#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <system_error>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>

namespace tidegate::sim {

/// A TCP connection with or without TLS. At most one read and one write may be under way at once.
class Transport {
 public:
  using ReadDone = std::function<void(const std::error_code& error, std::size_t bytes)>;

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual asio::awaitable<std::error_code> handshake() = 0;
  virtual void read_some(asio::mutable_buffer into, ReadDone done) = 0;
  virtual asio::awaitable<std::error_code> write(std::string_view bytes) = 0;
  /// Tells the peer in good order that nothing more will come.
  virtual asio::awaitable<void> shutdown() = 0;
  virtual asio::ip::tcp::socket& socket() = 0;
};

std::unique_ptr<Transport> plain_transport(asio::ip::tcp::socket socket);
std::unique_ptr<Transport> tls_transport(asio::ip::tcp::socket socket, asio::ssl::context& context);

}  // namespace tidegate::sim
