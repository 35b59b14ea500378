#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/daemon_program.h"
#include "cli/failure.h"
#include "cli/json_view.h"
#include "cli/output.h"
#include "cli/render_config.h"

namespace tidegate::cli {
namespace {

// The daemon's codes are its own; here 0 is good and everything else a refusal, which the daemon has put into words.
// A signal leaves nobody to do so.
int exit_code_of(int daemon_code) {
  if (daemon_code > 128) throw Failure(kRefused, fmt::format("tidegated was ended by signal {}", daemon_code - 128));
  return daemon_code == 0 ? kGood : kRefused;
}

}  // namespace

int run(const ConfigCheckCommand& command, const Context& context) {
  std::vector<std::string> arguments{"--check-config"};
  if (!command.file.empty()) arguments.insert(arguments.end(), {"--config", command.file});
  return exit_code_of(run_program(find_daemon(context), arguments));
}

int run(const ConfigShowCommand& command, const Context& context) {
  const auto body = ControlClient(context).get("/v1/config");
  parse_answer(body);  // refuses what is no JSON object
  if (command.json)
    print_line(body);
  else
    print(render_config(body, make_view(context)));
  return kGood;
}

int run(const ConfigDigestCommand& command, const Context& context) {
  std::string body;
  if (command.file.empty()) {
    body = ControlClient(context).get("/v1/config");
  } else {
    const int code = run_program(find_daemon(context), {"--print-config", "--config", command.file}, &body);
    if (exit_code_of(code) != kGood) return kRefused;
  }
  const auto digest = text_at(parse_answer(body), "digest");
  if (digest.empty()) throw Failure(kRefused, "the daemon told no digest");
  print_line(digest);
  return kGood;
}

}  // namespace tidegate::cli
