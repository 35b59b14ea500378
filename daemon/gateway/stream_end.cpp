#include "daemon/gateway/stream_end.h"

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/http/error_response.h"

namespace tidegate::gateway {

bool is_event_stream(const upstream::ResponseHead& head) noexcept {
  const auto encoding = head.find("content-encoding");
  return istarts_with(head.find("content-type"), "text/event-stream") &&
         (encoding.empty() || iequals(encoding, "identity"));
}

std::string error_event(std::string_view path, const Error& error) {
  const auto message = json_quote(error.message);
  if (path == "/v1/messages")  // Anthropic: streaming messages, "Error events"
    return fmt::format(
        "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"api_error\",\"message\":{}}}}}\n\n", message);
  if (path == "/v1/responses")  // OpenAI: responses, "error" event
    return fmt::format(
        "event: error\ndata: "
        "{{\"type\":\"error\",\"code\":\"{}\",\"message\":{},\"param\":null,\"sequence_number\":0}}\n\n",
        error_info(error.code).code, message);
  return "data: " + http::error_body(error) + "\n\n";
}

}  // namespace tidegate::gateway
