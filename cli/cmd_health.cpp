#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/output.h"
#include "cli/render_health.h"
#include "cli/render_status.h"

namespace tidegate::cli {

int run(const HealthCommand& command, const Context& context) {
  const auto body = ControlClient(context).get("/v1/health");
  const auto health = parse_answer(body);
  if (command.json)
    print_line(body);
  else
    print(render_health(health, make_view(context)));
  return health_exit_code(health);
}

}  // namespace tidegate::cli
