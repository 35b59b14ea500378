#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/json_view.h"
#include "cli/output.h"

namespace tidegate::cli {

int run(const ReloadCommand&, const Context& context) {
  const auto answer = parse_answer(ControlClient(context).post("/v1/reload"));
  const bool unchanged = text_at(answer, "result") == "unchanged";
  print(fmt::format("{}: generation {}, digest {}\n", unchanged ? "unchanged" : "reloaded",
                    count_at(answer, "generation"), short_digest(text_at(answer, "digest", "unknown"))));
  return kGood;
}

}  // namespace tidegate::cli
