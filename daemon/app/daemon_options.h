#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/paths.h"

namespace tidegate::app {

/// What the command line says, with the defaults filled in.
struct DaemonOptions {
  std::filesystem::path config;
  std::filesystem::path state_dir;
  std::filesystem::path runtime_dir;
  std::string log_level;  ///< empty: as configured
  bool check_config = false;
  bool print_config = false;
};

/// Reads argv; without a value the program is to end with `exit_code` (help and version print to standard output,
/// errors one line to standard error).
struct ParsedOptions {
  std::optional<DaemonOptions> options;
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, const char* const* argv, const Environment& environment);

}  // namespace tidegate::app
