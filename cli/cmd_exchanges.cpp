#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/output.h"
#include "cli/render_exchanges.h"

namespace tidegate::cli {

int run(const ExchangesCommand& command, const Context& context) {
  const auto body = ControlClient(context).get("/v1/exchanges");
  if (command.json)
    print_line(body);
  else
    print(render_exchanges(parse_answer(body), make_view(context)));
  return kGood;
}

}  // namespace tidegate::cli
