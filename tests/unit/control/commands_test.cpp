#include "daemon/control/commands.h"

#include <set>

#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

struct CommandsTest : ControlTest {
  Reply run(std::string_view method, std::string_view path) {
    for (const auto& command : commands())
      if (command.method == method && command.path == path) return command.run(sources);
    ADD_FAILURE() << "no command " << method << " " << path;
    return {};
  }
};

TEST_F(CommandsTest, TheTableIsTheContracts) {
  std::set<std::string> table;
  for (const auto& command : commands()) {
    EXPECT_TRUE(table.insert(std::string(command.method) + " " + std::string(command.path)).second) << command.path;
    EXPECT_EQ(command.changes, command.method == "POST") << command.path << ": what reads is GET, what changes is POST";
    EXPECT_EQ(command.path.substr(0, 4), "/v1/");
  }
  for (const char* wanted :
       {"GET /v1/status", "GET /v1/health", "GET /v1/exchanges", "GET /v1/config", "POST /v1/reload", "POST /v1/drain"})
    EXPECT_EQ(table.count(wanted), 1U) << wanted;
}

TEST_F(CommandsTest, EveryReadingCommandAnswersAnObject) {
  for (const auto& command : commands()) {
    if (command.changes) continue;
    const auto reply = command.run(sources);
    EXPECT_EQ(reply.status, 200) << command.path;
    EXPECT_TRUE(reply.body.is_object()) << command.path;
  }
  EXPECT_EQ(drains, 0);
}

TEST_F(CommandsTest, ReloadTellsItsThreeOutcomes) {
  reload_outcome = {config::ReloadResult::applied, store.current(), ""};
  auto reply = run("POST", "/v1/reload");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["result"], "reloaded");
  EXPECT_EQ(reply.body["generation"], 1);
  EXPECT_EQ(reply.body["digest"], std::string(64, 'd'));
  reload_outcome.result = config::ReloadResult::unchanged;
  EXPECT_EQ(run("POST", "/v1/reload").body["result"], "unchanged");
  reload_outcome = {config::ReloadResult::failed, store.current(), "c.yaml:1:2: what"};
  reply = run("POST", "/v1/reload");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.body["error"]["code"], "reload_failed");
  EXPECT_EQ(reply.body["error"]["message"], "c.yaml:1:2: what");
  EXPECT_EQ(reply.body["error"]["type"], "tidegate_error");
}

TEST_F(CommandsTest, DrainBeginsAndTellsWhatIsUnderWay) {
  Wakeup wakeup(wire.loop.get_executor());
  dispatch::WaitQueue::Ticket running(queue, queue.arrive(), wakeup);
  const auto reply = run("POST", "/v1/drain");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body["state"], "draining");
  EXPECT_EQ(reply.body["in_flight"], 1);
  EXPECT_EQ(reply.body["queued"], 0);
  EXPECT_EQ(drains, 1);
}

}  // namespace
}  // namespace tidegate::control
