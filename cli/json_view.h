#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/moment.h"

/// Reading JSON of another version of the daemon: whatever is missing or of another type reads as "nothing".
namespace tidegate::cli {

/// The member, or JSON null.
const nlohmann::json& member(const nlohmann::json& object, std::string_view key);

/// The member if it is an array, else an empty one.
const nlohmann::json& list_at(const nlohmann::json& object, std::string_view key);

/// The member's text as clean() makes it, so that nothing from outside reaches a terminal as it came.
std::string text_at(const nlohmann::json& object, std::string_view key, std::string_view otherwise = "");

/// A number that is not negative.
std::optional<double> number_at(const nlohmann::json& object, std::string_view key);

/// The same as a whole number; 0 where there is none.
std::uint64_t count_at(const nlohmann::json& object, std::string_view key);

/// An RFC 3339 moment.
std::optional<Moment> moment_at(const nlohmann::json& object, std::string_view key);

/// The `error` member of an OpenAI-shaped answer as one line, `message (code)`; nothing where the answer has none.
std::optional<std::string> error_line(const nlohmann::json& answer);

}  // namespace tidegate::cli
