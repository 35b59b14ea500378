#include "daemon/gateway/authenticator.h"

#include "common/ascii.h"

namespace tidegate::gateway {
namespace {

std::string_view presented_key(const http::RequestHead& head) {
  constexpr std::string_view kBearer = "bearer ";
  const auto authorization = head.find("authorization");
  if (istarts_with(authorization, kBearer)) return trim(authorization.substr(kBearer.size()));
  return head.find("x-api-key");
}

}  // namespace

Result<Principal> authenticate(const http::RequestHead& head, const http::Peer& peer,
                               const std::vector<config::Client>& clients) {
  if (clients.empty()) return Principal{};
  const auto key = presented_key(head);
  const config::Client* found = nullptr;
  // All of them, also after a hit: the time taken says nothing of which one it was.
  for (const auto& client : clients)
    if (client.key.equals(key)) found = &client;
  if (found != nullptr) return Principal{found->name, found->weight, found->priority};
  if (peer.local_socket) return Principal{.name = "local"};
  return Error{ErrorCode::unauthorized, key.empty()
                                            ? "this gateway wants a client key (gateway.clients) and none was sent"
                                            : "the client key is none of gateway.clients"};
}

}  // namespace tidegate::gateway
