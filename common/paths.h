#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace tidegate {

/// Looks up an environment variable; nothing where it is unset or empty. A seam: tests pass their own.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

/// Where sockets live: `$RUNTIME_DIRECTORY`, else `$XDG_RUNTIME_DIR/tidegate`, else for root `/run/tidegate`, else
/// `$TMPDIR` or `/tmp` with `tidegate-UID` (a folder of the user's own; macOS's TMPDIR is one already).
std::filesystem::path runtime_dir(const Environment& environment);

/// Where durable state lives: `$STATE_DIRECTORY`, else `$XDG_STATE_HOME/tidegate`, else `~/.local/state/tidegate`
/// (macOS: `~/Library/Application Support/tidegate`).
std::filesystem::path state_dir(const Environment& environment);

/// The user's home: `$HOME`, else the password database; empty where neither says.
std::filesystem::path home_dir(const Environment& environment);

inline constexpr char kControlSocketName[] = "control.sock";
inline constexpr char kApiSocketName[] = "api.sock";

}  // namespace tidegate
