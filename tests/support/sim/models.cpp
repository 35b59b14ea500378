#include "tests/support/sim/models.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/support/sim/faults.h"
#include "tests/support/sim/json_text.h"
#include "tests/support/sim/reply.h"

namespace tidegate::sim {
namespace {

Json model(std::string_view id, bool anthropic) {
  if (anthropic) return {{"type", "model"}, {"id", id}, {"display_name", id}, {"created_at", "2025-06-15T15:06:40Z"}};
  return {{"id", id}, {"object", "model"}, {"created", kCreated}, {"owned_by", "tidegate-sim"}};
}

}  // namespace

std::string models_body(const std::vector<std::string>& models, bool anthropic) {
  auto data = Json::array();
  for (const auto& id : models) data.push_back(model(id, anthropic));
  if (!anthropic) return to_text(Json{{"object", "list"}, {"data", std::move(data)}});
  const Json first = models.empty() ? Json(nullptr) : Json(models.front());
  const Json last = models.empty() ? Json(nullptr) : Json(models.back());
  return to_text(Json{{"data", std::move(data)}, {"has_more", false}, {"first_id", first}, {"last_id", last}});
}

std::optional<std::string> model_body(const std::vector<std::string>& models, std::string_view id, bool anthropic) {
  const bool known = std::find(models.begin(), models.end(), id) != models.end();
  if (!known && !faults_in_model(id)) return std::nullopt;
  return to_text(model(id, anthropic));
}

}  // namespace tidegate::sim
