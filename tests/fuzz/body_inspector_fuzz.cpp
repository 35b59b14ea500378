// Any bytes as a request's body: naming the model changes the model and nothing else.
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/dispatch/body_inspector.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidegate::dispatch;
  using nlohmann::json;
  using tidegate::fuzz::require;
  static BodyInspector inspector;
  const std::string before(tidegate::fuzz::view(data, size));
  std::string body = before;
  const auto facts = inspector.inspect(body);
  require(body == before, "looking changes nothing");
  if (facts.model_size > 0)
    require(facts.model_at + facts.model_size <= body.size(), "the model's token is in the body");
  const bool named = set_default_model(body, facts, "m");
  if (!named) {
    require(body == before, "unchanged means unchanged");
  } else if (facts.model_size > 0) {
    require(body == before.substr(0, facts.model_at) + "\"m\"" + before.substr(facts.model_at + facts.model_size),
            "only the token was replaced");
    const auto token = before.substr(facts.model_at, facts.model_size);
    require(token == "null" || (token.front() == '"' && token.back() == '"'), "the token was null or a string");
  } else {
    const auto put_in = std::string(facts.empty_object ? "\"model\":\"m\"" : "\"model\":\"m\",");
    require(body == before.substr(0, facts.open_at + 1) + put_in + before.substr(facts.open_at + 1),
            "the model was put in behind the brace");
  }

  if (before.find('\0') != std::string::npos) return 0;  // nlohmann's parser takes it for the end of the text
  const auto parsed = json::parse(before, nullptr, false);
  if (parsed.is_discarded()) return 0;
  require(!named || json::accept(body), "what was JSON stays JSON");
  require(facts.is_object == parsed.is_object(), "an object is known as one");
  if (!parsed.is_object()) return 0;
  // Doubled and escaped keys apart, both parsers see the same.
  if (before.find('\\') != std::string::npos) return 0;
  const auto model = parsed.find("model");
  const auto after = json::parse(body);
  if (model == parsed.end() || model->is_null() || *model == "default" || *model == "")
    require(after["model"] == "m", "where none was named, one is now");
  else
    require(after["model"] == *model, "a model that was named stays");
  return 0;
}
