#include "daemon/dispatch/body_inspector.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "common/ascii.h"

namespace tidegate::dispatch {
namespace {

// The model's name as a JSON string token.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (byte < 0x20)
      out += fmt::format("\\u{:04x}", byte);
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

struct BodyInspector::Parser {
  simdjson::ondemand::parser parser;
};

BodyInspector::BodyInspector() : parser_(std::make_unique<Parser>()) {}
BodyInspector::~BodyInspector() = default;

BodyFacts BodyInspector::inspect(std::string& body) {
  // The parser keeps buffers in proportion to the largest document; one that was needed once is given back.
  constexpr std::size_t kKeptCapacity = std::size_t{4} << 20;
  BodyFacts facts;
  const auto open = body.find_first_not_of(" \t\r\n");
  if (open == std::string::npos || body[open] != '{') return facts;
  facts.open_at = open;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  if (parser_->parser.capacity() > kKeptCapacity && body.size() < kKeptCapacity) parser_ = std::make_unique<Parser>();

  simdjson::ondemand::document document;
  if (parser_->parser.iterate(simdjson::padded_string_view(body.data(), body.size(), body.capacity())).get(document) !=
      simdjson::SUCCESS)
    return facts;
  simdjson::ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return facts;
  facts.is_object = true;
  facts.empty_object = true;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) break;
    facts.empty_object = false;
    simdjson::ondemand::raw_json_string key;
    if (field.key().get(key) != simdjson::SUCCESS) break;
    simdjson::ondemand::value value;
    if (field.value().get(value) != simdjson::SUCCESS) break;
    if (key == "model") {
      simdjson::ondemand::json_type type{};
      if (value.type().get(type) != simdjson::SUCCESS) break;
      const std::string_view token = value.raw_json_token();
      facts.has_model = true;
      facts.model_at = static_cast<std::size_t>(token.data() - body.data());
      facts.model.clear();
      facts.model_size = 0;
      if (type == simdjson::ondemand::json_type::string) {
        // raw_json_token() may run on over the blanks that follow the token.
        const auto end = token.find_last_of('"');
        facts.model_size = end + 1;
        std::string_view text;
        if (value.get_string().get(text) == simdjson::SUCCESS) facts.model = text;
      } else if (trim(token.substr(0, token.find_first_of("\r\n"))) == "null") {  // the parser looks at the n only
        facts.model_size = 4;
        facts.has_model = false;
      }
    } else if (key == "stream") {
      bool stream = false;
      if (value.get_bool().get(stream) == simdjson::SUCCESS) facts.stream = stream;
    } else if (key == "user") {
      std::string_view text;
      facts.user.clear();
      if (value.get_string().get(text) == simdjson::SUCCESS) facts.user = text;
    }
  }
  return facts;
}

bool set_default_model(std::string& body, const BodyFacts& facts, std::string_view model) {
  if (!facts.is_object) return false;
  if (facts.model_size > 0) {
    if (facts.has_model && facts.model != "default" && !facts.model.empty()) return false;
    body.replace(facts.model_at, facts.model_size, quoted(model));
    return true;
  }
  if (facts.has_model) return false;  // a model that is no string: the upstream says what is wrong with it
  body.insert(facts.open_at + 1, "\"model\":" + quoted(model) + (facts.empty_object ? "" : ","));
  return true;
}

}  // namespace tidegate::dispatch
