#include "common/error.h"
#include "daemon/http/error_response.h"
#include "daemon/http/listener.h"

namespace tidegate::http {

Server::Server(const Executor& executor, Serve serve) : serve_(std::move(serve)), tasks_(executor) {}

void Server::accepted(Socket socket, Peer peer) {
  if (draining_) return;
  auto connection = std::make_shared<Connection>(std::move(socket), limits_, peer);
  tasks_.spawn(run(std::move(connection)));
}

Task<> Server::run(std::shared_ptr<Connection> connection) {
  if (open_.size() >= connection->limits().max_connections) {
    ResponseWriter response(*connection);
    response.close_after();
    Error full{ErrorCode::too_many_connections, "too many connections to the gateway (gateway.maxConnections)"};
    co_await send_error(response, full);
    co_await connection->close_gracefully();
    co_return;
  }
  open_.insert(connection);
  co_await serve_(connection);
  connection->close();
  open_.erase(connection);
}

void Server::drain() noexcept {
  draining_ = true;
  // close_when_idle() only wakes the connection's coroutine: the set is not changed under the loop.
  for (const auto& connection : open_) connection->close_when_idle();
}

void Server::close_all() noexcept {
  draining_ = true;
  for (const auto& connection : open_) connection->close();
}

}  // namespace tidegate::http
