#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::sim {

/// `GET /v1/models`, in Anthropic's shape where the client speaks that.
std::string models_body(const std::vector<std::string>& models, bool anthropic);

/// `GET /v1/models/{id}`; nothing where the id is not in the list and names no fault.
std::optional<std::string> model_body(const std::vector<std::string>& models, std::string_view id, bool anthropic);

}  // namespace tidegate::sim
