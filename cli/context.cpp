#include "cli/context.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/text.h"

namespace tidegate::cli {
namespace fs = std::filesystem;
namespace {

constexpr char kServiceRuntimeDir[] = "/run/tidegate";  // RuntimeDirectory= of the systemd unit

bool may_be_there(const fs::path& socket) {
  struct stat info{};
  return ::stat(socket.c_str(), &info) == 0 || errno == EACCES;
}

}  // namespace

bool colors_wanted(ColorMode mode, bool is_terminal, const Environment& environment) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  return is_terminal && !environment("NO_COLOR") && environment("TERM").value_or("") != "dumb";
}

std::vector<fs::path> runtime_candidates(const std::optional<std::string>& given, const Environment& environment) {
  if (given) return {*given};
  if (const auto variable = environment("TIDEGATE_RUNTIME_DIR")) return {*variable};
  std::vector<fs::path> candidates{runtime_dir(environment)};
  if (candidates.front() != kServiceRuntimeDir) candidates.emplace_back(kServiceRuntimeDir);
  return candidates;
}

fs::path find_socket(const std::vector<fs::path>& candidates, std::string_view name) {
  for (const auto& folder : candidates)
    if (may_be_there(folder / name)) return folder / name;
  return candidates.front() / name;
}

std::string unreachable_line(const std::vector<fs::path>& candidates, std::string_view name,
                             const std::string& reason) {
  const auto socket = find_socket(candidates, name);
  auto line = fmt::format("no daemon at {} ({})", clean(socket.string()), clean(reason));
  if (reason == std::strerror(EACCES))
    return line + "; run this as the daemon's user, as root or in the socket's group";
  for (const auto& folder : candidates)
    if (folder / name != socket) line += fmt::format(", none at {}", clean((folder / name).string()));
  return line + "; is it running? Start it with 'tidegated --config FILE', or see '" + TIDEGATE_SERVICE_STATUS + "'";
}

}  // namespace tidegate::cli
