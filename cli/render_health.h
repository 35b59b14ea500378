#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/sheet.h"

namespace tidegate::cli {

/// One row per health item, errors first; none where nothing is wrong.
void add_health_rows(Sheet& sheet, const nlohmann::json& items, const View& view);

/// The screen of `tidegate health` from the answer of `GET /v1/health`.
std::string render_health(const nlohmann::json& answer, const View& view);

}  // namespace tidegate::cli
