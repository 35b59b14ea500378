#include "daemon/http/error_response.h"

#include <fmt/format.h>

#include "common/json_text.h"

namespace tidegate::http {

std::string error_body(const Error& error) {
  return fmt::format(R"({{"error":{{"message":{},"type":"tidegate_error","code":"{}","param":null}}}})",
                     json_quote(error.message), error_info(error.code).code);
}

void retry_headers(ResponseWriter& response, bool may_retry, std::optional<std::chrono::milliseconds> retry_after) {
  if (!may_retry) {
    response.header("x-should-retry", "false");
    return;
  }
  const auto wait = retry_after.value_or(std::chrono::seconds(1));
  // Retry-After has whole seconds (RFC 9110 §10.2.3): round up, or clients come too early.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  response.header("Retry-After", static_cast<std::uint64_t>(seconds.count()));
  response.header("retry-after-ms", static_cast<std::uint64_t>(wait.count()));
}

Task<bool> send_error(ResponseWriter& response, const Error& error,
                      std::optional<std::chrono::milliseconds> retry_after) {
  const auto& info = error_info(error.code);
  response.begin(info.http_status);
  response.header("Content-Type", "application/json");
  retry_headers(response, info.client_may_retry, retry_after);
  const std::string body = error_body(error);
  co_return co_await response.send_whole(body);
}

}  // namespace tidegate::http
