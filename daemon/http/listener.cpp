#include "daemon/http/listener.h"

#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <asio/basic_waitable_timer.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/local/stream_protocol.hpp>

#include "daemon/platform/peer_credentials.h"

namespace tidegate::http {
namespace {

// Out of descriptors: accepting again at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr int kBacklog = 1024;

}  // namespace

struct Listener::State {
  using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

  State(Server& owner, int fd, bool unix_socket)
      : server(owner), acceptor(owner.executor()), pause(owner.executor()), is_unix(unix_socket) {
    acceptor.assign(asio::generic::stream_protocol(is_unix ? AF_UNIX : AF_INET, 0), fd);
  }

  Server& server;
  Acceptor acceptor;
  Timer pause;
  bool is_unix;
};

Listener::Listener(Server& server, int fd, bool is_unix) : state_(std::make_shared<State>(server, fd, is_unix)) {}

Listener::~Listener() {
  asio::error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

void Listener::start() { accept_next(state_); }

void Listener::accept_next(const std::shared_ptr<State>& state) {
  state->acceptor.async_accept([state](const asio::error_code& error, Socket socket) {
    if (!state->acceptor.is_open()) return;
    if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space) {
      state->pause.expires_after(kAcceptPause);
      state->pause.async_wait([state](const asio::error_code& cancelled) {
        if (!cancelled) accept_next(state);
      });
      return;
    }
    if (!error) {
      Peer peer;
      peer.local_socket = state->is_unix;
      if (state->is_unix) {
        if (const auto credentials = platform::peer_credentials(socket.native_handle())) peer.uid = credentials->uid;
      } else {
        asio::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      }
      state->server.accepted(std::move(socket), peer);
    }
    accept_next(state);
  });
}

std::string Listener::address() const {
  asio::error_code error;
  const auto endpoint = state_->acceptor.local_endpoint(error);
  if (error) return "closed";
  if (state_->is_unix) {
    asio::local::stream_protocol::endpoint local;
    std::memcpy(local.data(), endpoint.data(), endpoint.size());
    local.resize(endpoint.size());
    return "unix:" + local.path();
  }
  asio::ip::tcp::endpoint tcp;
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  tcp.resize(endpoint.size());
  const auto address = tcp.address();
  return address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), tcp.port())
                         : fmt::format("{}:{}", address.to_string(), tcp.port());
}

int listen_tcp(const std::string& host, std::uint16_t port) {
  asio::error_code error;
  const std::string name = host == "localhost" ? "127.0.0.1" : host;
  const auto address = asio::ip::make_address(name, error);
  if (error) throw std::system_error(error, host);
  const asio::ip::tcp::endpoint endpoint(address, port);

  asio::io_context unused;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor(unused.get_executor());
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  if (address.is_v6()) acceptor.set_option(asio::ip::v6_only(true));
  acceptor.bind(endpoint);
  acceptor.listen(kBacklog);
  return acceptor.release();
}

}  // namespace tidegate::http
