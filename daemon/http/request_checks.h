#pragma once

#include <string_view>

#include "common/error.h"
#include "daemon/http/request_head.h"

namespace tidegate::http {

/// What must be refused on the bytes before any parser smooths it over: NUL, bare CR and LF, obs-fold, blanks before
/// the colon (RFC 9112 §2.2, §5.1, §5.2).
Result<Ok> check_raw_head(std::string_view raw);

/// What RFC 9112 asks of a server beyond the grammar; fills in host, path, query and the framing members. After it,
/// the length of the body is beyond doubt: any ambiguity is refused (§6.1, §6.3), as is a missing or doubled Host
/// (§3.2).
Result<Ok> check_request(RequestHead& head);

}  // namespace tidegate::http
