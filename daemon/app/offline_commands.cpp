#include "daemon/app/offline_commands.h"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/config/loader.h"

namespace tidegate::app {
namespace {

int refused(const config::ConfigError& error) {
  std::fputs(fmt::format("tidegated: {}\n", error.what()).c_str(), stderr);
  return kExitConfig;
}

}  // namespace

int check_config(const std::filesystem::path& path) {
  try {
    const auto snapshot = config::load_file(path);
    for (const auto& warning : snapshot.warnings)
      std::fputs(fmt::format("warning: {}\n", warning.message).c_str(), stdout);
    std::fputs(fmt::format("{}: good (digest {})\n", path.string(), snapshot.digest.substr(0, 12)).c_str(), stdout);
    return 0;
  } catch (const config::ConfigError& error) {
    return refused(error);
  }
}

int print_config(const std::filesystem::path& path) {
  using Json = nlohmann::ordered_json;
  try {
    const auto snapshot = config::load_file(path);
    const Json json{{"path", path.string()},
                    {"digest", snapshot.digest},
                    {"config", Json::parse(config::to_redacted_json(snapshot))}};
    std::fputs((json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n").c_str(), stdout);
    return 0;
  } catch (const config::ConfigError& error) {
    return refused(error);
  }
}

}  // namespace tidegate::app
