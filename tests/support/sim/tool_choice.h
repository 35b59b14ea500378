#pragma once

#include <optional>
#include <string_view>

#include "tests/support/sim/prompt.h"

namespace tidegate::sim {

/// The call that a request's `tools` and `tool_choice` lead to, in any of the three APIs' spellings. `wanted` says
/// whether the prompt asks for a tool; a forced choice asks anyway. The arguments fit the tool's own schema.
std::optional<ToolCall> choose_tool(const Json& body, std::string_view prompt, bool wanted);

}  // namespace tidegate::sim
