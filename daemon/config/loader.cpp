#include "daemon/config/loader.h"

#include <system_error>

#include <fmt/format.h>

#include "common/ascii.h"
#include "daemon/config/digest.h"
#include "daemon/config/file_text.h"
#include "daemon/config/section.h"
#include "daemon/config/text_checks.h"

namespace tidegate::config {
namespace {

struct Loaded {
  Snapshot snapshot;
  bool plain_key = false;
};

std::string file_name(const std::filesystem::path& path) { return printable(path.string(), kMaxPathBytes); }

[[noreturn]] void refuse_file(const std::filesystem::path& path, const char* problem) {
  throw ConfigError(fmt::format("{}: {}", file_name(path), problem), 0, 0);
}

Loaded read_settings(std::string_view text, const std::filesystem::path& path) {
  check_text(text);
  const Node root = parse_yaml(text);
  if (root.kind == NodeKind::null) throw Refusal(0, {}, "the file says nothing; expected a mapping with llm");
  Loaded loaded;
  auto& [settings, file, digest, warnings, generation, loaded_at] = loaded.snapshot;
  Context context{process_environment(), {}, false};
  const Section top(root, context);
  read_llm(top, settings.llm);
  read_gateway(top, settings.gateway);
  read_upstream(top, settings.upstream);
  read_queue(top, settings.queue);
  read_retry(top, settings.retry);
  read_log(top, settings.log);
  file = path;
  digest = llm_digest(settings.llm);
  warnings = std::move(context.warnings);
  loaded.plain_key = context.plain_key;
  return loaded;
}

Loaded load(std::string_view bytes, const std::filesystem::path& path) {
  const auto text = without_bom(bytes);
  try {
    return read_settings(text, path);
  } catch (const Refusal& refusal) {
    const auto [line, column] = place_at(text, refusal.offset());
    throw ConfigError(fmt::format("{}:{}:{}: {}{}{}", file_name(path), line, column, refusal.key(),
                                  refusal.key().empty() ? "" : ": ", refusal.what()),
                      line, column);
  } catch (const std::exception& error) {
    // Out of memory, or a library without what it always has: no text is to blame.
    refuse_file(path, error.what());
  }
}

}  // namespace

std::filesystem::path default_config_path() {
  const auto environment = process_environment();
  if (const auto named = environment("TIDEGATE_CONFIG")) return *named;
  const std::filesystem::path system = "/etc/tidegate/config.yaml";
  const auto home = home_dir(environment);
  if (home.empty()) return system;
  const auto own = home / ".openclaw" / "config.yaml";
  std::error_code ignored;
  return !std::filesystem::exists(own, ignored) && std::filesystem::exists(system, ignored) ? system : own;
}

Snapshot load_text(std::string_view text, const std::filesystem::path& path) { return load(text, path).snapshot; }

Snapshot load_file(const std::filesystem::path& path) {
  FileText file;
  try {
    file = read_file(path, kMaxFileBytes);
  } catch (const std::exception& error) {
    refuse_file(path, error.what());
  }
  auto [snapshot, plain_key] = load(file.text, path);
  if (file.exposed && plain_key)
    snapshot.warnings.push_back(
        {"config_readable_by_others",
         fmt::format("others can read the configuration with its key: chmod 600 '{}'", file_name(path))});
  return std::move(snapshot);
}

}  // namespace tidegate::config
