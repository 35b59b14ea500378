#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/error.h"
#include "daemon/http/response_writer.h"

namespace tidegate::http {

/// The OpenAI-shaped body of an error of ours: `{"error":{"message","type":"tidegate_error","code","param":null}}`.
std::string error_body(const Error& error);

/// Adds what steers the SDKs: `x-should-retry: false` on final errors, `Retry-After` and `retry-after-ms` on others.
void retry_headers(ResponseWriter& response, bool may_retry, std::optional<std::chrono::milliseconds> retry_after);

/// Answers with an error of ours.
Task<bool> send_error(ResponseWriter& response, const Error& error,
                      std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

}  // namespace tidegate::http
