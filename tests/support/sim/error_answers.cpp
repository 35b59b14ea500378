#include "tests/support/sim/error_answers.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "tests/support/sim/json_text.h"

namespace tidegate::sim {
namespace {

struct Row {
  int status;
  std::string_view reason;
  std::string_view openai_type;
  std::string_view openai_code;  ///< empty: null
  std::string_view anthropic_type;
  std::string_view message;
};

constexpr std::array kRows{
    Row{400, "Bad Request", "invalid_request_error", "", "invalid_request_error", "The request is not valid."},
    Row{401, "Unauthorized", "invalid_request_error", "invalid_api_key", "authentication_error",
        "Incorrect API key provided."},
    Row{403, "Forbidden", "invalid_request_error", "forbidden", "permission_error", "This key may not do that."},
    Row{404, "Not Found", "invalid_request_error", "not_found", "not_found_error", "There is no such thing here."},
    Row{405, "Method Not Allowed", "invalid_request_error", "method_not_allowed", "invalid_request_error",
        "This path does not know that method."},
    Row{408, "Request Timeout", "timeout", "timeout", "timeout_error", "The request took too long."},
    Row{409, "Conflict", "conflict_error", "conflict", "invalid_request_error",
        "The resource was changed by another request."},
    Row{413, "Content Too Large", "invalid_request_error", "request_too_large", "request_too_large",
        "The request is too large."},
    Row{422, "Unprocessable Content", "invalid_request_error", "unprocessable", "invalid_request_error",
        "The request cannot be processed."},
    Row{429, "Too Many Requests", "requests", "rate_limit_exceeded", "rate_limit_error",
        "Rate limit reached for requests."},
    Row{500, "Internal Server Error", "server_error", "", "api_error",
        "The server had an error while processing your request."},
    Row{502, "Bad Gateway", "server_error", "bad_gateway", "api_error", "Bad gateway."},
    Row{503, "Service Unavailable", "server_error", "service_unavailable", "overloaded_error",
        "The engine is currently overloaded."},
    Row{504, "Gateway Timeout", "server_error", "gateway_timeout", "timeout_error", "Gateway timeout."},
    Row{529, "Overloaded", "server_error", "overloaded", "overloaded_error", "Overloaded"},
};

/// The row of the status; statuses without one read like 400 or 500.
const Row& row_of(int status) {
  const auto exact = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.status == status; });
  if (exact != kRows.end()) return *exact;
  const int fallback = status < 500 ? 400 : 500;
  return *std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.status == fallback; });
}

}  // namespace

std::string openai_error_body(int status, std::string_view message) {
  const auto& row = row_of(status);
  Json error{{"message", message}, {"type", row.openai_type}, {"param", nullptr}, {"code", nullptr}};
  if (!row.openai_code.empty()) error["code"] = row.openai_code;
  return to_text(Json{{"error", std::move(error)}});
}

std::string anthropic_error_body(int status, std::string_view message) {
  return to_text(Json{{"type", "error"}, {"error", {{"type", row_of(status).anthropic_type}, {"message", message}}}});
}

std::string error_body(std::string_view path, int status, std::string_view message) {
  return path.starts_with("/v1/messages") ? anthropic_error_body(status, message) : openai_error_body(status, message);
}

std::string_view default_message(int status) noexcept { return row_of(status).message; }

std::string_view reason_phrase(int status) noexcept {
  if (status == 200) return "OK";
  if (status == 302) return "Found";
  const auto& row = row_of(status);
  return row.status == status ? row.reason : "Status";
}

}  // namespace tidegate::sim
