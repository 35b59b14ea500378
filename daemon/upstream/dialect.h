#pragma once

#include <string_view>

namespace tidegate::upstream {

/// The languages in which models stream their answers. `chat` is chat completions and the older completions.
enum class Dialect { unknown, chat, responses, messages };

/// What the endpoint speaks, whatever stands before `/chat/completions`; `path` is without its query.
Dialect dialect_of(std::string_view path) noexcept;

}  // namespace tidegate::upstream
