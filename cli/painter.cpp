#include "cli/painter.h"

namespace tidegate::cli {
namespace {

constexpr std::string_view sequence(Tone tone) noexcept {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::dim: return "\x1b[2m";
    case Tone::strong: return "\x1b[1m";
    case Tone::good: return "\x1b[32m";
    case Tone::warn: return "\x1b[33m";
    case Tone::bad: return "\x1b[1;31m";
  }
  return "";
}

}  // namespace

std::string Painter::operator()(Tone tone, std::string_view text) const {
  if (!on_ || tone == Tone::plain || text.empty()) return std::string(text);
  return std::string(sequence(tone)).append(text).append("\x1b[0m");
}

}  // namespace tidegate::cli
