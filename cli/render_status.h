#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/sheet.h"
#include "cli/view.h"

namespace tidegate::cli {

/// The screen of `tidegate status` from the answer of `GET /v1/status`.
std::string render_status(const nlohmann::json& status, const View& view);

/// What `tidegate status` and `tidegate health` exit with: 0 while the gateway takes requests (`ready`, or `degraded`)
/// and no health item is an error, else 1.
int health_exit_code(const nlohmann::json& answer);

/// The rows of one upstream; `named` where there are several.
void add_upstream_rows(Sheet& sheet, const nlohmann::json& upstream, bool named, const View& view);

/// `ready` is green, states in which requests are refused are red.
Tone state_tone(std::string_view state);

}  // namespace tidegate::cli
