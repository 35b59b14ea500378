#include "daemon/control/commands.h"

#include <array>

#include "common/error.h"

namespace tidegate::control {
namespace {

Reply reload(const Sources& sources) {
  const auto outcome = sources.reload();
  if (outcome.result == config::ReloadResult::failed)
    return {422,
            {{"error",
              {{"message", outcome.error},
               {"type", "tidegate_error"},
               {"code", error_info(ErrorCode::reload_failed).code},
               {"param", nullptr}}}}};
  return {200,
          {{"result", outcome.result == config::ReloadResult::applied ? "reloaded" : "unchanged"},
           {"generation", outcome.current->generation},
           {"digest", outcome.current->digest}}};
}

Reply drain(const Sources& sources) {
  sources.drain();
  return {202, {{"state", "draining"}, {"in_flight", sources.queue.in_flight()}, {"queued", sources.queue.depth()}}};
}

constexpr std::array kCommands{
    Command{"GET", "/v1/status", false, [](const Sources& sources) { return Reply{200, status_view(sources)}; }},
    Command{"GET", "/v1/health", false, [](const Sources& sources) { return Reply{200, health_view(sources)}; }},
    Command{"GET", "/v1/queue", false, [](const Sources& sources) { return Reply{200, queue_view(sources)}; }},
    Command{"GET", "/v1/exchanges", false, [](const Sources& sources) { return Reply{200, exchanges_view(sources)}; }},
    Command{"GET", "/v1/config", false, [](const Sources& sources) { return Reply{200, config_view(sources)}; }},
    Command{"POST", "/v1/reload", true, reload},
    Command{"POST", "/v1/drain", true, drain},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace tidegate::control
