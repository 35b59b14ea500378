#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::sim {

/// The names that raw_stream knows.
std::vector<std::string_view> raw_stream_names();

/// A stream of server-sent events with awkward bytes, always the same; nothing for an unknown name.
std::optional<std::string> raw_stream(std::string_view name);

}  // namespace tidegate::sim
