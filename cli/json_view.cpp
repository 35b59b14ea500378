#include "cli/json_view.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/text.h"

namespace tidegate::cli {

using nlohmann::json;

const json& member(const json& object, std::string_view key) {
  static const json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(std::string(key));
  return found == object.end() ? kNull : *found;
}

const json& list_at(const json& object, std::string_view key) {
  static const json kEmpty = json::array();
  const json& value = member(object, key);
  return value.is_array() ? value : kEmpty;
}

std::string text_at(const json& object, std::string_view key, std::string_view otherwise) {
  const json& value = member(object, key);
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    return clean(value.get_ref<const std::string&>());
  if (value.is_number()) return value.dump();
  return std::string(otherwise);
}

std::optional<double> number_at(const json& object, std::string_view key) {
  const json& value = member(object, key);
  if (!value.is_number()) return std::nullopt;
  const double result = value.get<double>();
  if (!std::isfinite(result) || result < 0) return std::nullopt;
  return result;
}

std::uint64_t count_at(const json& object, std::string_view key) {
  const json& value = member(object, key);
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  constexpr double kLargest = 1e18;
  return static_cast<std::uint64_t>(std::min(number_at(object, key).value_or(0), kLargest));
}

std::optional<Moment> moment_at(const json& object, std::string_view key) {
  const json& value = member(object, key);
  return value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
}

std::optional<std::string> error_line(const json& answer) {
  const json& error = member(answer, "error");
  if (error.is_null()) return std::nullopt;
  if (error.is_string()) return text_at(answer, "error");
  auto line = text_at(error, "message", "an error without a message");
  const auto code = text_at(error, "code", text_at(error, "type"));
  return code.empty() ? line : line + " (" + code + ")";
}

}  // namespace tidegate::cli
