#include "tests/support/sim/transport.h"

#include <utility>

#include <asio/redirect_error.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace tidegate::sim {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<std::error_code> handshake() override { co_return std::error_code(); }

  void read_some(asio::mutable_buffer into, ReadDone done) override { socket_.async_read_some(into, std::move(done)); }

  asio::awaitable<std::error_code> write(std::string_view bytes) override {
    std::error_code error;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    co_await asio::async_write(socket_, buffer, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  asio::awaitable<void> shutdown() override {
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_return;
  }

  asio::ip::tcp::socket& socket() override { return socket_; }

 private:
  asio::ip::tcp::socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  asio::awaitable<std::error_code> handshake() override {
    std::error_code error;
    co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  void read_some(asio::mutable_buffer into, ReadDone done) override { stream_.async_read_some(into, std::move(done)); }

  asio::awaitable<std::error_code> write(std::string_view bytes) override {
    std::error_code error;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    co_await asio::async_write(stream_, buffer, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  asio::awaitable<void> shutdown() override {
    std::error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }

 private:
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> tls_transport(asio::ip::tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

}  // namespace tidegate::sim
