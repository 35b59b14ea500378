#include "daemon/dispatch/error_body.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <simdjson.h>

#include "common/ascii.h"
#include "daemon/policy/rate_hints.h"

namespace tidegate::dispatch {
namespace {

using policy::ErrorFacts;
using simdjson::dom::element;
using simdjson::dom::object;

// Cut between characters, so that a text stays UTF-8.
std::string cut(std::string_view text) {
  if (text.size() > kMaxErrorText) {
    std::size_t end = kMaxErrorText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  return std::string(text);
}

// A string as it is, a number in decimal; anything else, and what is missing, as nothing.
std::string text_of(const object& from, std::string_view key) {
  element value;
  if (from.at_key(key).get(value) != simdjson::SUCCESS) return {};
  std::string_view text;
  std::int64_t whole = 0;
  double number = 0;
  if (value.get_string().get(text) == simdjson::SUCCESS) return cut(text);
  if (value.get_int64().get(whole) == simdjson::SUCCESS) return fmt::format("{}", whole);
  if (value.get_double().get(number) == simdjson::SUCCESS) return fmt::format("{:.3f}", number);
  return {};
}

std::string first_of(const object& from, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys)
    if (auto text = text_of(from, key); !text.empty()) return text;
  return {};
}

object child(const object& from, std::string_view key, bool& found) {
  object inner;
  found = from.at_key(key).get_object().get(inner) == simdjson::SUCCESS;
  return inner;
}

// The texts that proxies use beside `error.message`.
std::string message_of(const object& from) { return first_of(from, {"message", "msg", "error_msg", "err", "detail"}); }

void read_limits(const object& from, ErrorFacts& facts) {
  if (facts.resets_at.empty()) facts.resets_at = text_of(from, "resets_at");
  if (facts.resets_in.empty())
    facts.resets_in =
        first_of(from, {"resets_in_seconds", "retry_after_seconds_raw", "retry_after_seconds", "retry_after"});
}

// OpenRouter: the canonical type, which limit it was, and the header fields of the provider behind it.
void read_metadata(const object& metadata, ErrorFacts& facts) {
  facts.error_type = text_of(metadata, "error_type");
  facts.limit_source = text_of(metadata, "limit_source");
  read_limits(metadata, facts);
  bool found = false;
  const object headers = child(metadata, "headers", found);
  if (!found) return;
  if (facts.resets_in.empty()) facts.resets_in = first_of(headers, {"Retry-After", "retry-after"});
  if (facts.resets_at.empty()) facts.resets_at = first_of(headers, {"X-RateLimit-Reset", "x-ratelimit-reset"});
}

void read_error_object(const object& error, ErrorFacts& facts) {
  facts.code = text_of(error, "code");
  facts.type = text_of(error, "type");
  facts.text = message_of(error);
  read_limits(error, facts);
  bool found = false;
  const object metadata = child(error, "metadata", found);
  if (found) read_metadata(metadata, facts);
  const object details = child(error, "details", found);
  if (found) facts.detail_code = text_of(details, "error_code");
  const object inner = child(error, "innererror", found);
  if (found && facts.detail_code.empty()) facts.detail_code = text_of(inner, "code");
}

// Objects that tell of a failure of their own in a good answer: a failed response, batch or fine-tuning job is what was
// asked for. Answers and chunks of completions are not, with an error in them.
bool may_carry_own_error(const object& top) {
  std::string_view kind;
  if (top.at_key("object").get_string().get(kind) != simdjson::SUCCESS) return false;
  return kind != "error" && !istarts_with(kind, "chat.completion") && !istarts_with(kind, "text_completion");
}

void read_top(const object& top, bool good, ErrorFacts& facts) {
  element error;
  if (top.at_key("error").get(error) == simdjson::SUCCESS && !error.is_null()) {
    object inner;
    std::string_view text;
    if (error.get_object().get(inner) == simdjson::SUCCESS)
      read_error_object(inner, facts);
    else if (error.get_string().get(text) == simdjson::SUCCESS && !text.empty())
      facts.text = cut(text);
    // Some proxies send an error object without content along with each answer.
    const bool says_so = !facts.code.empty() || !facts.type.empty() || !facts.text.empty();
    facts.is_error = says_so && !may_carry_own_error(top);
  }
  bool success = true;
  if (top.at_key("success").get_bool().get(success) == simdjson::SUCCESS && !success) facts.is_error = true;
  if (facts.code.empty()) facts.code = text_of(top, "code");
  if (facts.type.empty() && !good) facts.type = text_of(top, "type");
  if (facts.text.empty()) facts.text = message_of(top);
  if (text_of(top, "type") == "error") facts.is_error = true;  // an error event of a stream of responses
  read_limits(top, facts);
}

}  // namespace

ErrorFacts read_error_body(std::string_view body, int status) {
  ErrorFacts facts;
  const bool good = status < 400;
  facts.is_error = !good;
  const auto start = std::min(body.find_first_not_of(" \t\r\n"), body.size());
  if (body.size() > kMaxErrorBody || start == body.size()) return facts;
  const auto has = [&](std::string_view key) { return body.find(key) != std::string_view::npos; };
  if (good && (body[start] != '{' || !(has("\"error\"") || has("\"success\"")))) return facts;

  simdjson::dom::parser parser(kMaxErrorBody);
  element root;
  object top;
  if ((body[start] == '{' || body[start] == '[') &&
      parser.allocate(kMaxErrorBody, kMaxErrorDepth) == simdjson::SUCCESS &&
      parser.parse(body.data(), body.size()).get(root) == simdjson::SUCCESS) {
    simdjson::dom::array list;
    // Gemini wraps its errors in a list of one.
    const bool listed = root.get_array().get(list) == simdjson::SUCCESS;
    if (listed ? list.at(0).get_object().get(top) == simdjson::SUCCESS
               : root.get_object().get(top) == simdjson::SUCCESS)
      read_top(top, good, facts);
    facts.is_error = facts.is_error || !good;
    return facts;
  }
  if (good) return facts;
  facts.html = body[start] == '<';
  if (!facts.html) facts.text = cut(body.substr(start));
  return facts;
}

policy::Outcome read_outcome(int status, const std::vector<Header>& headers, std::string_view body,
                             std::chrono::system_clock::time_point now) {
  policy::Outcome outcome;
  outcome.status = status;
  std::string_view advice;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "content-encoding") && !iequals(value, "identity")) body = {};
    if (iequals(name, "x-should-retry")) advice = value;
  }
  outcome.body = read_error_body(body, status);
  if (!outcome.body.is_error) return outcome;
  outcome.retry_after = policy::asked_wait(headers, outcome.body, now);
  if (iequals(advice, "true")) outcome.upstream_advice = true;
  if (iequals(advice, "false")) outcome.upstream_advice = false;
  return outcome;
}

}  // namespace tidegate::dispatch
