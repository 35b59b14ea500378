#include "daemon/upstream/terminal_line.h"

#include <algorithm>
#include <array>
#include <span>

namespace tidegate::upstream {
namespace {

/// Compares with pieces between which blanks may stand, but not before the first.
Likeness like(std::string_view line, std::span<const std::string_view> pieces) noexcept {
  bool first = true;
  for (const auto piece : pieces) {
    if (!first) line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    first = false;
    const auto both = std::min(line.size(), piece.size());
    if (line.substr(0, both) != piece.substr(0, both)) return Likeness::no;
    if (both < piece.size()) return Likeness::partly;
    line.remove_prefix(piece.size());
  }
  return Likeness::yes;
}

}  // namespace

Likeness like_done(std::string_view line) noexcept {
  static constexpr std::array<std::string_view, 2> kDone{"data:", "[DONE]"};
  return like(line, kDone);
}

Likeness like_message_stop(std::string_view line) noexcept {
  static constexpr std::array<std::string_view, 2> kName{"event:", "message_stop"};
  static constexpr std::array<std::string_view, 5> kData{"data:", "{", "\"type\"", ":", "\"message_stop\""};
  if (line.substr(0, 1) == "d") return like(line, kData);
  const auto likeness = like(line, kName);
  if (likeness != Likeness::yes) return likeness;
  const auto rest = line.substr(line.rfind("message_stop") + std::string_view("message_stop").size());
  return rest.find_first_not_of(" \t") == std::string_view::npos ? Likeness::yes : Likeness::no;
}

}  // namespace tidegate::upstream
