#pragma once

#include <string>
#include <string_view>

namespace tidegate::sim {

/// An error's body in OpenAI's shape; type and code follow from the status.
std::string openai_error_body(int status, std::string_view message);

/// An error's body in Anthropic's shape.
std::string anthropic_error_body(int status, std::string_view message);

/// The shape that belongs to the path: Anthropic's for /v1/messages and below, OpenAI's for all others.
std::string error_body(std::string_view path, int status, std::string_view message);

/// What a server says when it fails with this status and has nothing better to say.
std::string_view default_message(int status) noexcept;

/// The reason phrase of a status line.
std::string_view reason_phrase(int status) noexcept;

}  // namespace tidegate::sim
