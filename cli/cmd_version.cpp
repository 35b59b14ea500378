#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/json_view.h"
#include "cli/output.h"
#include "common/version.h"

namespace tidegate::cli {

int run(const VersionCommand&, const Context& context) {
  print(fmt::format("tidegate {}\n", kVersion));
  try {
    const auto status = parse_answer(ControlClient(context).get("/v1/status"));
    print(fmt::format("tidegated {} (running, pid {})\n", text_at(status, "version", "unknown"),
                      text_at(status, "pid", "unknown")));
  } catch (const Failure&) {
    // This program's own version is good without a daemon.
  }
  return kGood;
}

}  // namespace tidegate::cli
