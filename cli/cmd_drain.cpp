#include <chrono>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/json_view.h"
#include "cli/output.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

constexpr std::chrono::milliseconds kPoll{200};
// Longer than any bound of the daemon's on draining; after it something is wrong.
constexpr std::chrono::minutes kLongestDrain{15};

std::string progress(std::uint64_t in_flight, std::uint64_t queued) {
  return fmt::format("draining: {} in flight, {} waiting", grouped(in_flight), grouped(queued));
}

// On a terminal one line that changes, elsewhere a line for each change.
class Progress {
 public:
  explicit Progress(bool terminal) : terminal_(terminal) {}
  void show(const std::string& line) {
    if (line == last_) return;
    last_ = line;
    print(terminal_ ? "\r" + line + "\x1b[K" : line + "\n");
  }
  void end(const std::string& line) { print((terminal_ ? "\r" : "") + line + (terminal_ ? "\x1b[K\n" : "\n")); }

 private:
  bool terminal_;
  std::string last_;
};

std::optional<nlohmann::json> look(const ControlClient& client) {
  try {
    return parse_answer(client.get("/v1/status"));
  } catch (const Unreachable&) {
    return std::nullopt;  // what draining ends with
  }
}

}  // namespace

int run(const DrainCommand& command, const Context& context) {
  const ControlClient client(context);
  const auto pid = text_at(parse_answer(client.get("/v1/status")), "pid");
  const auto answer = parse_answer(client.post("/v1/drain"));
  Progress shown(context.out_is_terminal);
  const auto start = progress(count_at(answer, "in_flight"), count_at(answer, "queued"));
  if (command.no_wait) {
    print_line(start);
    return kGood;
  }
  shown.show(start);
  const auto deadline = std::chrono::steady_clock::now() + kLongestDrain;
  while (std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPoll);
    const auto status = look(client);
    if (!status) {
      shown.end("drained: the gateway has stopped");
      return kGood;
    }
    if (text_at(*status, "pid") != pid) {
      shown.end("drained: the gateway has stopped and a new one has started");
      return kGood;
    }
    const auto& queue = member(*status, "queue");
    shown.show(progress(count_at(queue, "in_flight"), count_at(queue, "depth")));
  }
  throw Failure(kRefused, fmt::format("the gateway is still draining after {} min", kLongestDrain.count()));
}

}  // namespace tidegate::cli
