#include "daemon/app/daemon_options.h"

#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "common/version.h"
#include "daemon/config/loader.h"

namespace tidegate::app {

ParsedOptions parse_options(int argc, const char* const* argv, const Environment& environment) {
  constexpr int kWrongUsage = 2;
  DaemonOptions options;
  std::string config;
  std::string state_dir_text;
  std::string runtime_dir_text;

  CLI::App app{"tidegated: a gateway for LLM requests. Stays in the foreground; the service manager does the rest."};
  app.name("tidegated");
  app.set_version_flag("--version", std::string("tidegated ") + kVersion);
  app.add_option("--config", config,
                 "Configuration file (default: $TIDEGATE_CONFIG, ~/.openclaw/config.yaml, /etc/tidegate/config.yaml)")
      ->type_name("FILE");
  app.add_option("--state-dir", state_dir_text, "Folder for durable state (default: $STATE_DIRECTORY, else the user's)")
      ->type_name("DIR");
  app.add_option("--runtime-dir", runtime_dir_text,
                 "Folder for the sockets (default: $RUNTIME_DIRECTORY, else the user's)")
      ->type_name("DIR");
  app.add_flag("--check-config", options.check_config,
               "Read the configuration, say whether it is good, and end (78: it is not)");
  app.add_flag("--print-config", options.print_config,
               "Print the effective configuration as JSON, secrets replaced, and end");
  app.add_option("--log-level", options.log_level, "trace, debug, info, warn or error; stronger than the configuration")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}))
      ->type_name("LEVEL");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return {std::nullopt, app.exit(help)};
  } catch (const CLI::CallForVersion& version) {
    return {std::nullopt, app.exit(version)};
  } catch (const CLI::ParseError& error) {
    std::fputs(fmt::format("tidegated: {}; see tidegated --help\n", error.what()).c_str(), stderr);
    return {std::nullopt, kWrongUsage};
  }
  options.config = config.empty() ? config::default_config_path() : std::filesystem::path(config);
  options.state_dir = state_dir_text.empty() ? state_dir(environment) : std::filesystem::path(state_dir_text);
  options.runtime_dir = runtime_dir_text.empty() ? runtime_dir(environment) : std::filesystem::path(runtime_dir_text);
  return {options, 0};
}

}  // namespace tidegate::app
