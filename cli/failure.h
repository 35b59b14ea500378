#pragma once

#include <stdexcept>
#include <string>

namespace tidegate::cli {

/// What the program exits with; part of its interface (tidegate(1)).
enum ExitCode : int {
  kGood = 0,
  kRefused = 1,      ///< the daemon says no, is unhealthy, or the answer is not whole
  kUsage = 2,        ///< wrong usage
  kUnreachable = 3,  ///< no daemon answers
  kInterrupted = 130,
};

/// Ends the command: `what()` is one line for standard error (main adds `tidegate: `), already fit for a terminal.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode exit_code, const std::string& line) : std::runtime_error(line), exit_code_(exit_code) {}
  [[nodiscard]] ExitCode exit_code() const noexcept { return exit_code_; }

 private:
  ExitCode exit_code_;
};

/// No daemon answers on the socket; commands that wait for it to go (drain) or to come back (watch) catch this one.
class Unreachable : public Failure {
 public:
  explicit Unreachable(const std::string& line) : Failure(kUnreachable, line) {}
};

}  // namespace tidegate::cli
