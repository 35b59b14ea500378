#include "tests/support/sim/tool_choice.h"

#include <nlohmann/json.hpp>

namespace tidegate::sim {
namespace {

constexpr int kMaxDepth = 8;  ///< of a schema that is followed

/// A tool's own part: chat wraps it in `function`, the others do not.
const Json& inner(const Json& tool) { return tool.contains("function") ? tool["function"] : tool; }

const Json* schema_of(const Json& tool) {
  const auto& description = inner(tool);
  for (const auto* key : {"parameters", "input_schema"})
    if (const auto found = description.find(key); found != description.end()) return &*found;
  return nullptr;
}

Json example(const Json& schema, std::string_view prompt, int depth) {
  if (!schema.is_object() || depth > kMaxDepth) return nullptr;
  if (const auto values = schema.find("enum"); values != schema.end() && values->is_array() && !values->empty())
    return (*values)[0];
  const auto type =
      schema.contains("type") && schema["type"].is_string() ? schema["type"].get<std::string>() : "object";
  if (type == "string") return std::string(prompt.substr(0, 60));
  if (type == "integer" || type == "number") return 42;
  if (type == "boolean") return true;
  if (type == "null") return nullptr;
  if (type == "array") return Json::array();
  auto out = Json::object();
  if (const auto properties = schema.find("properties"); properties != schema.end() && properties->is_object())
    for (const auto& [name, property] : properties->items()) out[name] = example(property, prompt, depth + 1);
  return out;
}

enum class Force { no, any, none };

Force forced(const Json& choice, std::string& name) {
  if (choice.is_object() && inner(choice).contains("name")) {
    name = inner(choice)["name"].get<std::string>();
    return Force::any;
  }
  const auto word = choice.is_string() ? choice.get<std::string>() : choice.is_object() ? choice.value("type", "") : "";
  if (word == "none") return Force::none;
  return word == "required" || word == "any" ? Force::any : Force::no;
}

}  // namespace

std::optional<ToolCall> choose_tool(const Json& body, std::string_view prompt, bool wanted) {
  const auto tools = body.find("tools");
  if (tools == body.end() || !tools->is_array() || tools->empty()) return std::nullopt;
  std::string name;
  const auto choice = body.find("tool_choice");
  const auto force = choice == body.end() ? Force::no : forced(*choice, name);
  if (force == Force::none || (force == Force::no && !wanted)) return std::nullopt;
  for (const auto& tool : *tools) {
    if (!tool.is_object() || !inner(tool).is_object()) continue;
    const auto own_name = inner(tool).value("name", "");
    if (own_name.empty() || (!name.empty() && own_name != name)) continue;
    const auto* const schema = schema_of(tool);
    const auto arguments = schema == nullptr ? Json::object() : example(*schema, prompt, 0);
    return ToolCall{own_name, arguments.dump(-1, ' ', true, Json::error_handler_t::replace)};
  }
  return std::nullopt;
}

}  // namespace tidegate::sim
