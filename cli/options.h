#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/context.h"

namespace tidegate::cli {

// One struct per command, with what its arguments say.
struct StatusCommand {
  bool json = false;
  bool watch = false;
};
struct ReloadCommand {};
struct DrainCommand {
  bool no_wait = false;
};
struct ChatCommand {
  std::vector<std::string> words;
  std::string model = "default";
  std::string system;
  bool no_stream = false;
  bool json = false;
  bool verbose = false;
};
struct ExchangesCommand {
  bool json = false;
};
struct QueueCommand {
  bool json = false;
};
struct HealthCommand {
  bool json = false;
};
struct ConfigCheckCommand {
  std::string file;  ///< empty: the daemon's default
};
struct ConfigShowCommand {
  bool json = false;
};
struct ConfigDigestCommand {
  std::string file;  ///< empty: ask the running daemon
};
struct VersionCommand {};

using Command = std::variant<VersionCommand, StatusCommand, ReloadCommand, DrainCommand, ChatCommand, ExchangesCommand,
                             QueueCommand, HealthCommand, ConfigCheckCommand, ConfigShowCommand, ConfigDigestCommand>;

struct Options {
  std::optional<std::string> runtime_dir;
  ColorMode color = ColorMode::automatic;
  Command command;
};

/// The arguments ask for no command: help, the version, or they are wrong.
struct OnlyText {
  int exit_code;
  std::string text;  ///< for standard output when exit_code is 0, else one line for standard error
};

/// `args` without the program's name; `program` is the name that help shows.
std::variant<Options, OnlyText> parse_options(const std::string& program, const std::vector<std::string>& args);

}  // namespace tidegate::cli
