#pragma once

#include <string_view>

#include "common/error.h"
#include "daemon/http/request_head.h"

namespace tidegate::http {

/// Parses `head.raw` (which ends with the empty line) into the other members of `head`, with the grammar of
/// Boost.Beast's parser and the checks that RFC 9112 asks of a server (request_checks.h). Pure.
Result<Ok> parse_request_head(RequestHead& head);

/// Where the head at the front of `bytes` ends (behind its empty line); 0 while it is not whole. `searched` is how
/// many bytes an earlier call has seen.
std::size_t find_head_end(std::string_view bytes, std::size_t searched) noexcept;

}  // namespace tidegate::http
