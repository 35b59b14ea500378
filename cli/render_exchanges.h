#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/view.h"

namespace tidegate::cli {

/// The screen of `tidegate exchanges` from the answer of `GET /v1/exchanges`.
std::string render_exchanges(const nlohmann::json& answer, const View& view);

}  // namespace tidegate::cli
