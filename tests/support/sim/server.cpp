#include "tests/support/sim/server.h"

#include <array>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace tidegate::sim {
namespace {

/// Clients that also offer h2 are told that it is HTTP/1.1; those that offer nothing we speak go on without ALPN.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned int in_length, void*) {
  static constexpr std::array<unsigned char, 9> kOurs{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kOurs.data(), kOurs.size(), in, in_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

asio::ssl::context server_context(const std::string& cert, const std::string& key) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_protocol, nullptr);
  std::error_code error;
  context.use_certificate_chain_file(cert, error);
  if (error) throw std::system_error(error, "cannot use the certificate " + cert);
  context.use_private_key_file(key, asio::ssl::context::pem, error);
  if (error) throw std::system_error(error, "cannot use the key " + key);
  return context;
}

Server::Server(asio::io_context& loop, Router& router, std::optional<asio::ssl::context> tls)
    : loop_(loop), router_(router), tls_(std::move(tls)), acceptor_(loop), breather_(loop) {
  const auto& options = router.options();
  std::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) throw std::system_error(error, fmt::format("{} is no address", options.host));
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  const auto check = [&] {
    if (error) throw std::system_error(error, fmt::format("cannot listen on {} port {}", options.host, options.port));
  };
  acceptor_.open(endpoint.protocol(), error);
  check();
  acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  acceptor_.bind(endpoint, error);
  check();
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  check();
}

std::uint16_t Server::port() const { return acceptor_.local_endpoint().port(); }

std::string Server::base_url() const {
  const auto& host = router_.options().host;
  const bool six = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}/v1", tls_ ? "https" : "http", six ? "[" : "", host, six ? "]" : "", port());
}

void Server::start() { asio::co_spawn(loop_, accept_all(), asio::detached); }

void Server::stop() {
  std::error_code ignored;
  acceptor_.close(ignored);
  breather_.cancel();
  for (auto* const connection : connections_) connection->stop();
}

asio::awaitable<void> Server::accept_all() {
  while (acceptor_.is_open()) {
    std::error_code error;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!acceptor_.is_open()) co_return;
    if (!error) {
      asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
      continue;
    }
    // No descriptors or no memory left: both come back when connections end.
    breather_.expires_after(std::chrono::milliseconds(50));
    co_await breather_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> Server::serve(asio::ip::tcp::socket socket) {
  std::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  auto transport = tls_ ? tls_transport(std::move(socket), *tls_) : plain_transport(std::move(socket));
  const auto connection = std::make_shared<Connection>(std::move(transport), router_);
  connections_.insert(connection.get());
  co_await connection->run();
  connections_.erase(connection.get());
}

}  // namespace tidegate::sim
