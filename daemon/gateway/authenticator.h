#pragma once

#include <cstdint>
#include <string_view>

#include "common/error.h"
#include "daemon/config/settings.h"
#include "daemon/http/connection.h"

namespace tidegate::gateway {

/// Who calls.
struct Principal {
  std::string_view name;  ///< of one of gateway.clients, in the snapshot; empty where none are configured
  std::uint32_t weight = 1;
  policy::Priority priority = policy::Priority::interactive;  ///< of requests that do not name their own
};

/// Knows the caller by its key (`Authorization: Bearer` or `x-api-key`), compared in constant time. Without
/// configured clients every local caller may; on the Unix socket, which only its owner can open, no key is needed.
Result<Principal> authenticate(const http::RequestHead& head, const http::Peer& peer,
                               const std::vector<config::Client>& clients);

}  // namespace tidegate::gateway
