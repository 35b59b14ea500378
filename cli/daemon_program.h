#pragma once

#include <string>
#include <vector>

#include "cli/context.h"

namespace tidegate::cli {

/// `tidegated`: beside this program's own file (symbolic links followed), else the first on $PATH. Throws Failure where
/// there is none.
std::string find_daemon(const Context& context);

/// Runs the program and waits for it; standard output goes into `captured` (at most kMaxCaptured bytes) where that is
/// given, everything else is inherited. No shell. Returns its exit code, 128 + N where signal N ended it; throws
/// Failure where it cannot be started.
int run_program(const std::string& program, const std::vector<std::string>& arguments, std::string* captured = nullptr);

inline constexpr std::size_t kMaxCaptured = 4U << 20;

}  // namespace tidegate::cli
