#include "common/paths.h"

#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tidegate {
namespace fs = std::filesystem;

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

fs::path runtime_dir(const Environment& environment) {
  // systemd gives a colon-separated list where a unit names several folders; ours names one.
  if (const auto given = environment("RUNTIME_DIRECTORY")) return given->substr(0, given->find(':'));
  if (const auto xdg = environment("XDG_RUNTIME_DIR")) return fs::path(*xdg) / "tidegate";
  if (::geteuid() == 0) return "/run/tidegate";
  return fs::path(environment("TMPDIR").value_or("/tmp")) / fmt::format("tidegate-{}", ::geteuid());
}

fs::path state_dir(const Environment& environment) {
  if (const auto given = environment("STATE_DIRECTORY")) return given->substr(0, given->find(':'));
  if (const auto xdg = environment("XDG_STATE_HOME")) return fs::path(*xdg) / "tidegate";
#ifdef __APPLE__
  return home_dir(environment) / "Library/Application Support/tidegate";
#else
  return home_dir(environment) / ".local/state/tidegate";
#endif
}

fs::path home_dir(const Environment& environment) {
  if (const auto home = environment("HOME")) return *home;
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr && entry->pw_dir != nullptr ? fs::path(entry->pw_dir) : fs::path();
}

}  // namespace tidegate
