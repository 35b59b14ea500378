#pragma once

#include <string>
#include <string_view>

namespace tidegate::cli {

/// What a piece of text means; the terminal's own 16 colours, so that every theme stays readable.
enum class Tone { plain, dim, strong, good, warn, bad };

/// Colours text, or leaves it alone where colours are off.
class Painter {
 public:
  explicit Painter(bool on = false) noexcept : on_(on) {}
  [[nodiscard]] bool on() const noexcept { return on_; }
  std::string operator()(Tone tone, std::string_view text) const;

 private:
  bool on_;
};

}  // namespace tidegate::cli
