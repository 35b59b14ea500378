#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/painter.h"
#include "common/paths.h"

namespace tidegate::cli {

enum class ColorMode { automatic, always, never };

/// What every command needs to know of its surroundings. Immutable after main made it.
struct Context {
  std::string program;  ///< argv[0]
  Environment environment;
  std::vector<std::filesystem::path> runtime_dirs;  ///< where sockets may be, best first; not empty
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  Painter paint;      ///< for standard output
  Painter paint_err;  ///< for standard error
};

/// Whether to colour what goes to a terminal or not: `--color` decides, else NO_COLOR and TERM=dumb forbid it.
bool colors_wanted(ColorMode mode, bool is_terminal, const Environment& environment);

/// `--runtime-dir`, else $TIDEGATE_RUNTIME_DIR: that one alone. Else the user's own, then the system service's.
std::vector<std::filesystem::path> runtime_candidates(const std::optional<std::string>& given,
                                                      const Environment& environment);

/// The first candidate that has the socket; the first of all where none has. One that may not be looked into counts as
/// having it, so that the missing permission is what the user is told of.
std::filesystem::path find_socket(const std::vector<std::filesystem::path>& candidates, std::string_view name);

/// The line that says which sockets were tried, why that failed and what to do.
std::string unreachable_line(const std::vector<std::filesystem::path>& candidates, std::string_view name,
                             const std::string& reason);

}  // namespace tidegate::cli
