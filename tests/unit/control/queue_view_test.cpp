#include "daemon/control/views.h"

#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

using namespace std::chrono_literals;

struct QueueView : ControlTest {
  QueueView() {
    gate.set_options({1});
    queue.set_gate(gate, wire.loop.get_executor());
    queue.set_bounds({1, 10, 1000});
  }
  ~QueueView() override {
    while (!tickets.empty()) tickets.pop_back();
  }
  void wait(const char* id, const char* client, policy::Priority priority = policy::Priority::interactive) {
    auto place = queue.arrive();
    place.exchange = id;
    place.client = client;
    place.model = "m";
    place.priority = priority;
    tickets.push_back(std::make_unique<dispatch::WaitQueue::Ticket>(queue, place, wakeup));
  }
  Wakeup wakeup{wire.loop.get_executor()};
  std::vector<std::unique_ptr<dispatch::WaitQueue::Ticket>> tickets;
};

TEST_F(QueueView, TellsWhoWaitsInTheOrderOfGoing) {
  wait("req_1", "a");
  wait("req_2", "a", policy::Priority::background);
  wait("req_3", "b");
  const auto view = queue_view(sources);
  EXPECT_EQ(view["depth"], 2);
  EXPECT_EQ(view["in_flight"], 1);
  ASSERT_EQ(view["waiting"].size(), 2U);
  const auto& first = view["waiting"][0];
  EXPECT_EQ(first["id"], "req_3");
  EXPECT_EQ(first["client"], "b");
  EXPECT_EQ(first["position"], 1);
  EXPECT_EQ(first["priority"], "interactive");
  EXPECT_EQ(first["model"], "m");
  EXPECT_EQ(first["waits_for"], "concurrency");
  EXPECT_TRUE(first["session"].is_null());
  EXPECT_TRUE(first["not_before_ms"].is_null());
  EXPECT_EQ(view["waiting"][1]["priority"], "background");
}

TEST_F(QueueView, TellsWhatTheGateHasLearned) {
  wait("req_1", "a");
  gate.answered("m", 1, {{policy::FailureClass::pause_upstream, policy::Reason::rate_limited, 0ms}, 5000ms, {}, 1ms},
                Clock::now());
  const auto model = gate_part(gate, Clock::now())["models"][0];
  EXPECT_EQ(model["model"], "m");
  EXPECT_EQ(model["waits_for"], "rate_limit");
  EXPECT_GE(model["not_before_ms"], 5000);
  EXPECT_EQ(model["in_flight"], 1);
  EXPECT_EQ(gate_part(gate, Clock::now())["circuit"]["state"], "closed");
}

TEST_F(QueueView, AnOpenCircuitTellsWhenItIsAskedAgain) {
  for (int i = 0; i < 5; ++i) {
    const auto pass = gate.started("m", Clock::now());
    gate.answered("m", pass, {{policy::FailureClass::retry_now, policy::Reason::unreachable, 0ms}, {}, {}, 1ms},
                  Clock::now());
    gate.finished("m", pass, Clock::now());
  }
  const auto circuit = gate_part(gate, Clock::now())["circuit"];
  EXPECT_EQ(circuit["state"], "open");
  EXPECT_GT(circuit["asked_again_in_ms"], 0);
  EXPECT_EQ(circuit["since_ms"], 0);
  EXPECT_EQ(circuit["opened_total"], 1);
}

}  // namespace
}  // namespace tidegate::control
