#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "daemon/config/settings.h"

namespace tidegate::config {

/// A configuration that is refused. what() is one line for a person, without secrets:
/// `FILE:LINE:COLUMN: KEY: what is wrong; expected what`. Line and column count from 1; both 0 where the file as a
/// whole is meant, and then they are left out of what().
class ConfigError : public std::runtime_error {
 public:
  ConfigError(const std::string& what, int line, int column) : std::runtime_error(what), line_(line), column_(column) {}
  [[nodiscard]] int line() const noexcept { return line_; }
  [[nodiscard]] int column() const noexcept { return column_; }

 private:
  int line_;
  int column_;
};

/// Where the configuration is without --config: $TIDEGATE_CONFIG, else ~/.openclaw/config.yaml, else
/// /etc/tidegate/config.yaml (the first that exists; the second where none does).
std::filesystem::path default_config_path();

/// Reads and validates the file and resolves its secrets. Blocking; throws ConfigError and nothing else.
Snapshot load_file(const std::filesystem::path& path);

/// The same for a text that stands for the contents of `path`. What load_file calls; fuzzed.
Snapshot load_text(std::string_view text, const std::filesystem::path& path);

/// The effective configuration as one JSON object in the file's own spelling, secrets replaced by "[redacted]".
/// `GET /v1/config` and `--print-config` show it.
std::string to_redacted_json(const Snapshot& snapshot);

}  // namespace tidegate::config
