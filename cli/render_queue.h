#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/view.h"

namespace tidegate::cli {

/// The screen of `tidegate queue` from the answer of `GET /v1/queue`.
std::string render_queue(const nlohmann::json& answer, const View& view);

}  // namespace tidegate::cli
