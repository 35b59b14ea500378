#pragma once

#include <string>
#include <vector>

#include "common/error.h"
#include "daemon/http/request_head.h"

namespace tidegate::http {

/// Refuses what a web page in the user's browser could send to a local port: a Host that is not ours (DNS rebinding),
/// a foreign Origin, Fetch metadata that says cross-site (W3C Fetch Metadata), a WebSocket upgrade. `own_hosts` are
/// host names without a port beside the loopback ones. Pure.
Result<Ok> refuse_browsers(const RequestHead& head, const std::vector<std::string>& own_hosts);

/// Whether `host` (a Host field: name and optional port) names this machine's loopback or is listed.
bool is_own_host(std::string_view host, const std::vector<std::string>& own_hosts) noexcept;

}  // namespace tidegate::http
