#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/view.h"

namespace tidegate::cli {

/// The screen of `tidegate config show` from the body of the answer of `GET /v1/config`: YAML in the file's own
/// spelling and order, with where it came from as comments. The body is a JSON object.
std::string render_config(const std::string& body, const View& view);

/// JSON as block-style YAML. Text that YAML might take for something else is quoted, and every control and non-ASCII
/// character is escaped.
std::string to_yaml(const nlohmann::ordered_json& value);

}  // namespace tidegate::cli
