#include "daemon/gateway/stream_end.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/http/error_response.h"

namespace tidegate::gateway {

using observe::Truncation;
using upstream::Dialect;
using Json = nlohmann::ordered_json;

namespace {

// The text of a JSON string, or nothing.
std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// `error` is the object that OpenAI's errors have; messages wants type and message only.
std::string event_of(Dialect dialect, const Json& error) {
  if (dialect == Dialect::messages) {  // Anthropic: streaming messages, "Error events"
    const auto type = text_of(error, "type");
    const Json inner{{"type", type.empty() || type == "tidegate_error" ? "api_error" : type},
                     {"message", text_of(error, "message")}};
    return fmt::format("event: error\ndata: {{\"type\":\"error\",\"error\":{}}}\n\n", to_line(inner));
  }
  if (dialect == Dialect::responses) {
    // OpenAI: responses, "error" event, whose fields stand outside. What its API sends has them in `error`, which is
    // what the SDKs raise on.
    const auto code = error.find("code");
    const bool has_code = code != error.end() && (code->is_string() || code->is_number());
    return fmt::format(
        "event: error\ndata: "
        "{{\"type\":\"error\",\"code\":{},\"message\":{},\"param\":null,\"sequence_number\":0,\"error\":{}}}\n\n",
        has_code ? to_line(*code) : "null", json_quote(text_of(error, "message")), to_line(error));
  }
  return fmt::format("data: {{\"error\":{}}}\n\n", to_line(error));
}

// The upstream's error object, or null.
Json error_in(std::string_view body) {
  // Writing a value out again takes stack for each level of it.
  constexpr int kMaxDepth = 32;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; };
  Json parsed = Json::parse(body, shallow, false);
  if (!parsed.is_object()) return nullptr;
  const auto error = parsed.find("error");
  if (error != parsed.end() && error->is_object()) return std::move(*error);
  if (error != parsed.end() && error->is_string()) return {{"message", *error}};
  return nullptr;
}

}  // namespace

bool is_event_stream(const upstream::ResponseHead& head) noexcept {
  const auto encoding = head.find("content-encoding");
  return istarts_with(head.find("content-type"), "text/event-stream") &&
         (encoding.empty() || iequals(encoding, "identity"));
}

std::string error_event(Dialect dialect, const Error& error) {
  return event_of(dialect, Json::parse(http::error_body(error))["error"]);
}

std::string answer_as_text(int status, std::string_view body) {
  const auto error = error_in(body);
  const auto message = error.is_object() ? text_of(error, "message") : std::string();
  if (!message.empty()) return fmt::format("the proxy answered {}: {}", status, message);
  if (status < 400) return fmt::format("the proxy answered {} with something else than an event stream", status);
  return fmt::format("the proxy answered {}", status);
}

std::string answer_as_error_event(Dialect dialect, int status, std::string_view body) {
  auto error = error_in(body);
  if (!error.is_object() || text_of(error, "message").empty()) {
    if (!error.is_object()) error = Json::object();
    error["message"] = answer_as_text(status, body);
  }
  if (!error.contains("type")) error["type"] = "upstream_error";
  if (!error.contains("code")) error["code"] = status >= 400 ? Json(std::to_string(status)) : Json(nullptr);
  if (!error.contains("param")) error["param"] = nullptr;
  return event_of(dialect, error);
}

Truncation truncation_by(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::upstream_timeout: return Truncation::stalled;
    case ErrorCode::upstream_protocol: return Truncation::bad_framing;
    default: return Truncation::reset;
  }
}

Error truncation_error(Truncation reason) {
  const auto text = [&] {
    switch (reason) {
      case Truncation::done_without_finish: return "the proxy ended the stream without a reason: the answer is cut";
      case Truncation::malformed_chunk: return "the proxy sent a chunk that is no JSON: a part of the answer is lost";
      case Truncation::error_chunk: return "the proxy told of an error in the stream";
      case Truncation::cut_before_finish: return "the proxy ended the stream before the answer was finished";
      default: return "the proxy closed the connection before the answer was whole";
    }
  };
  return {ErrorCode::upstream_truncated, text()};
}

}  // namespace tidegate::gateway
