#pragma once

#include <cstdint>
#include <string_view>

namespace tidegate::policy {

/// Interactive work goes before background work, of which a share always goes.
enum class Priority : std::uint8_t { interactive, background };

constexpr std::string_view priority_name(Priority priority) noexcept {
  return priority == Priority::interactive ? "interactive" : "background";
}

/// The largest weight of a client.
inline constexpr std::uint32_t kMaxWeight = 1'000;

}  // namespace tidegate::policy
