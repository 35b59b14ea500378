#pragma once

#include "common/error.h"
#include "daemon/http/request_head.h"

namespace tidegate::gateway {

/// Which bodies are let in: JSON, multipart where the endpoint takes uploads, none compressed. A web page can send
/// other types without asking first (CORS "simple requests"), which is why they are refused.
Result<Ok> check_body_type(const http::RequestHead& head);

}  // namespace tidegate::gateway
