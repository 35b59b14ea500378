#pragma once

#include <filesystem>

namespace tidegate::app {

/// The exit code of a configuration that is refused (EX_CONFIG of sysexits.h); service managers do not restart on it.
inline constexpr int kExitConfig = 78;

/// `--check-config`: says whether the file is good, and what its owner should know of it.
int check_config(const std::filesystem::path& path);

/// `--print-config`: path, digest and the effective configuration as JSON, secrets replaced.
int print_config(const std::filesystem::path& path);

}  // namespace tidegate::app
