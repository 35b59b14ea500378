#include "tests/support/sim/request.h"

#include "common/ascii.h"

namespace tidegate::sim {

std::string_view Request::path() const noexcept {
  const std::string_view whole(target);
  return whole.substr(0, whole.find('?'));
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
  for (const auto& [field, value] : headers)
    if (iequals(field, name)) return value;
  return std::nullopt;
}

std::optional<std::string_view> Request::api_key() const noexcept {
  constexpr std::string_view kBearer = "Bearer ";
  if (const auto value = header("authorization"); value && istarts_with(*value, kBearer))
    return trim(value->substr(kBearer.size()));
  return header("x-api-key");
}

}  // namespace tidegate::sim
