#include "cli/options.h"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/failure.h"
#include "cli/text.h"
#include "common/version.h"

namespace tidegate::cli {
namespace {

// Adds a command whose arguments fill `command`; when it is the one that was named, it becomes the result.
template <class T>
CLI::App* add(CLI::App& parent, Options& options, const std::string& name, const std::string& help,
              std::shared_ptr<T> command) {
  CLI::App* app = parent.add_subcommand(name, help);
  app->group("Commands");
  app->callback([&options, command] { options.command = *command; });
  return app;
}

void add_reading(CLI::App& app, Options& options) {
  constexpr char kJson[] = "Print the daemon's JSON unchanged";
  auto status = std::make_shared<StatusCommand>();
  auto* s = add(app, options, "status", "Show the gateway, its proxy and its queue", status);
  s->add_flag("--json", status->json, kJson);
  s->add_flag("--watch", status->watch, "Show it again every second until Ctrl-C");
  auto exchanges = std::make_shared<ExchangesCommand>();
  add(app, options, "exchanges", "List the requests on their way and the last ones", exchanges)
      ->add_flag("--json", exchanges->json, kJson);
  auto queue = std::make_shared<QueueCommand>();
  add(app, options, "queue", "List who waits for what, in the order of going", queue)
      ->add_flag("--json", queue->json, kJson);
  auto health = std::make_shared<HealthCommand>();
  add(app, options, "health", "List what is wrong now", health)->add_flag("--json", health->json, kJson);
}

void add_changing(CLI::App& app, Options& options) {
  add(app, options, "reload", "Read the configuration file again", std::make_shared<ReloadCommand>());
  auto drain = std::make_shared<DrainCommand>();
  add(app, options, "drain", "Finish the running requests, take no new ones, stop", drain)
      ->add_flag("--no-wait", drain->no_wait, "Return at once instead of waiting for the end");
}

void add_chat(CLI::App& app, Options& options) {
  auto chat = std::make_shared<ChatCommand>();
  auto* c = add(app, options, "chat", "Send one message and print the answer as it comes", chat);
  c->add_option("TEXT", chat->words, "The message; - reads it from standard input")->required();
  c->add_option("-m,--model", chat->model, "The model; 'default' is the configured one")->type_name("MODEL");
  c->add_option("-s,--system", chat->system, "A system message to put before it")->type_name("PROMPT");
  c->add_flag("--no-stream", chat->no_stream, "Ask for the answer in one piece");
  c->add_flag("--json", chat->json, "Print the answer's JSON unchanged (in one piece)");
  c->add_flag("-v,--verbose", chat->verbose, "Always tell model, time and tokens on standard error");
}

void add_config(CLI::App& app, Options& options) {
  CLI::App* config = app.add_subcommand("config", "Check or show the configuration: check, show, digest");
  config->group("Commands");
  config->require_subcommand(1);
  auto check = std::make_shared<ConfigCheckCommand>();
  add(*config, options, "check", "Check a file as the daemon would, without starting it", check)
      ->add_option("FILE", check->file, "The file; without it, the one the daemon would read");
  auto show = std::make_shared<ConfigShowCommand>();
  add(*config, options, "show", "Show the configuration in force, secrets hidden", show)
      ->add_flag("--json", show->json, "Print the daemon's JSON unchanged");
  auto digest = std::make_shared<ConfigDigestCommand>();
  add(*config, options, "digest", "Print the digest of the llm: block in force", digest)
      ->add_option("--config", digest->file, "The digest of this file instead")
      ->type_name("FILE");
}

void add_global(CLI::App& app, Options& options) {
  static const std::map<std::string, ColorMode> kModes{
      {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}};
  app.add_option("--runtime-dir", options.runtime_dir, "Folder of the daemon's sockets ($TIDEGATE_RUNTIME_DIR)")
      ->type_name("DIR");
  app.add_option_function<std::string>(
         "--color", [&options](const std::string& mode) { options.color = kModes.at(mode); }, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}, CLI::ignore_case).description(""))
      ->type_name("WHEN");
  app.set_version_flag("--version", std::string("tidegate ") + kVersion, "Print the version and exit");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Exit codes: 0 good, 1 the daemon says no or is unhealthy, 2 wrong usage,\n3 daemon not reachable. tidegate(1) "
      "tells more.");
}

// CLI11 says "A subcommand is required" for a command that it does not know, too.
OnlyText usage_error(const std::string& program, const CLI::App& app, const CLI::ParseError& error) {
  const std::string what = error.what();
  auto line = what.substr(0, what.find('\n'));
  const auto unknown = app.remaining(true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && line.rfind("A subcommand", 0) == 0)
    line = unknown.empty() ? "no command given" : "unknown command: " + unknown.front();
  else if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unknown.empty())
    line = "unexpected argument: " + unknown.front();
  return {kUsage, clean(line) + "; see '" + program + " --help'"};
}

void set_layout(CLI::App& app) {
  auto formatter = app.get_formatter();
  formatter->column_width(21);
  formatter->label("REQUIRED", "");
  formatter->label("SUBCOMMAND", "COMMAND");
  formatter->label("TEXT", "");
}

}  // namespace

std::variant<Options, OnlyText> parse_options(const std::string& program, const std::vector<std::string>& args) {
  Options options;
  CLI::App app("Look after tidegated, the gateway for LLM requests.", program);
  set_layout(app);
  add_global(app, options);
  add_reading(app, options);
  add_chat(app, options);
  add_changing(app, options);
  add_config(app, options);
  add(app, options, "version", "Print the versions of this program and the daemon", std::make_shared<VersionCommand>());
  try {
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return OnlyText{kGood, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return OnlyText{kGood, std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return usage_error(program, app, error);
  }
  return options;
}

}  // namespace tidegate::cli
