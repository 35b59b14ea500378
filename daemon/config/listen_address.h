#pragma once

#include <string>
#include <string_view>

#include "daemon/config/settings.h"

namespace tidegate::config {

/// Reads `127.0.0.1:8433`, `[::1]:8433`, `localhost:8433`, `unix:/path` or `unix` (the default socket). Names other
/// than localhost are refused: what they stand for can change after the check for loopback. Throws ValueError.
ListenAddress parse_listen_address(std::string_view text);

/// The spelling that parse_listen_address reads.
std::string format_listen_address(const ListenAddress& address);

/// Whether only programs on this machine can reach the address.
bool is_local(const ListenAddress& address);

}  // namespace tidegate::config
