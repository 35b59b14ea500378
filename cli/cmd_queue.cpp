#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/output.h"
#include "cli/render_queue.h"

namespace tidegate::cli {

int run(const QueueCommand& command, const Context& context) {
  const auto body = ControlClient(context).get("/v1/queue");
  if (command.json)
    print_line(body);
  else
    print(render_queue(parse_answer(body), make_view(context)));
  return kGood;
}

}  // namespace tidegate::cli
