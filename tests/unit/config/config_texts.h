#pragma once

#include <string>
#include <string_view>

#include "daemon/config/loader.h"

namespace tidegate::config {

/// The OpenClaw guide's block, as the guide prints it.
inline constexpr std::string_view kGuide =
    "llm:\n"
    "  provider: openapi\n"
    "  openapi:\n"
    "    baseUrl: \"https://your-proxy.example.com/v1\"\n"
    "    apiKey: \"your-proxy-api-key\"\n"
    "    model: \"gpt-4\"\n"
    "    timeout: 30000\n";

/// The guide's block and what follows it, read as if it stood in c.yaml.
inline Snapshot load_with(std::string_view more) {
  return load_text(std::string(kGuide) + std::string(more), "c.yaml");
}

/// What the refusal of a text says; empty where the text is taken.
inline std::string refusal_of(std::string_view text) {
  try {
    load_text(text, "c.yaml");
    return {};
  } catch (const ConfigError& error) {
    return error.what();
  }
}

inline std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace tidegate::config
