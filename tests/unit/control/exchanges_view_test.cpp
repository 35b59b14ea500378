#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

using namespace std::chrono_literals;
using State = observe::ExchangeRecord::State;

using ExchangesView = ControlTest;

TEST_F(ExchangesView, TellsWhatRuns) {
  auto entry = exchanges.begin("req_1", "POST", "/v1/chat/completions", Clock::now());
  entry.set_client("ide");
  entry.set_model("gpt-4");
  entry.record().stream = true;
  entry.record().attempts = 2;
  wire.run_for(2s);
  entry.enter(State::streaming, Clock::now());
  entry.record().bytes_sent = 99;
  entry.record().deadline = Clock::now() + 10s;
  wire.run_for(1s);
  const auto view = exchanges_view(sources);
  ASSERT_EQ(view["running"].size(), 1U);
  const auto& one = view["running"][0];
  EXPECT_EQ(one["id"], "req_1");
  EXPECT_EQ(one["client"], "ide");
  EXPECT_EQ(one["model"], "gpt-4");
  EXPECT_EQ(one["state"], "streaming");
  EXPECT_EQ(one["age_ms"], 3000);
  EXPECT_EQ(one["since_ms"], 1000);
  EXPECT_EQ(one["deadline_in_ms"], 9000);
  EXPECT_EQ(one["bytes_sent"], 99);
  EXPECT_EQ(one["attempts"], 2);
  EXPECT_TRUE(one["position"].is_null());
  EXPECT_TRUE(one["waiting_for"].is_null());
  EXPECT_TRUE(one["shared_with"].is_null());
  EXPECT_EQ(one["client_left"], false);
}

TEST_F(ExchangesView, TellsWhoListensToWhoseCall) {
  auto first = exchanges.begin("req_1", "POST", "/v1/x", Clock::now());
  first.record().client_left = true;
  auto second = exchanges.begin("req_2", "POST", "/v1/x", Clock::now());
  second.set_shared_with("req_1");
  const auto running = exchanges_view(sources)["running"];
  EXPECT_EQ(running[0]["client_left"], true);
  EXPECT_EQ(running[1]["shared_with"], "req_1");
  second.finish({}, Clock::now(), wall);
  EXPECT_EQ(exchanges_view(sources)["recent"][0]["shared_with"], "req_1");
}

TEST_F(ExchangesView, TellsWhoWaitsForWhatAtWhichPlace) {
  queue.set_bounds({1, 10, 1000});
  Wakeup wakeup(wire.loop.get_executor());
  std::vector<observe::ExchangeLog::Entry> entries;
  std::vector<std::unique_ptr<dispatch::WaitQueue::Ticket>> tickets;
  for (const char* id : {"req_1", "req_2", "req_3"}) {
    entries.push_back(exchanges.begin(id, "POST", "/v1/x", Clock::now()));
    auto place = queue.arrive();
    place.exchange = id;
    tickets.push_back(std::make_unique<dispatch::WaitQueue::Ticket>(queue, place, wakeup));
  }
  const auto running = exchanges_view(sources)["running"];
  EXPECT_TRUE(running[0]["position"].is_null()) << "it has its slot";
  EXPECT_TRUE(running[0]["waits_for"].is_null());
  EXPECT_EQ(running[1]["position"], 1);
  EXPECT_EQ(running[1]["waits_for"], "slot");
  EXPECT_EQ(running[2]["position"], 2);
  EXPECT_TRUE(running[2]["not_before_ms"].is_null());
  EXPECT_TRUE(running[2]["deadline_in_ms"].is_null());
  while (!tickets.empty()) tickets.pop_back();
}

TEST_F(ExchangesView, TellsWhatEndedTheNewestFirst) {
  for (const char* id : {"req_1", "req_2"}) {
    auto entry = exchanges.begin(id, "POST", "/v1/x", Clock::now());
    wire.run_for(1s);
    observe::ExchangeEnd end;
    end.status = 503;
    end.outcome = observe::Outcome::truncated;
    end.truncation = observe::Truncation::stalled;
    end.queue_ms = 5ms;
    end.first_byte_ms = 7ms;
    end.error = "why";
    entry.finish(end, Clock::now(), wall);
  }
  {
    auto dropped = exchanges.begin("req_3", "GET", "/v1/y", Clock::now());
  }
  const auto recent = exchanges_view(sources)["recent"];
  ASSERT_EQ(recent.size(), 3U);
  EXPECT_EQ(recent[0]["id"], "req_3");
  EXPECT_EQ(recent[0]["outcome"], "cancelled");
  EXPECT_TRUE(recent[0]["status"].is_null());
  EXPECT_TRUE(recent[0]["first_byte_ms"].is_null());
  EXPECT_TRUE(recent[0]["error"].is_null());
  EXPECT_EQ(recent[1]["id"], "req_2");
  EXPECT_EQ(recent[1]["status"], 503);
  EXPECT_EQ(recent[1]["outcome"], "truncated");
  EXPECT_EQ(recent[1]["truncated_by"], "stalled");
  EXPECT_TRUE(recent[0]["truncated_by"].is_null());
  EXPECT_EQ(recent[1]["queue_ms"], 5);
  EXPECT_EQ(recent[1]["first_byte_ms"], 7);
  EXPECT_EQ(recent[1]["total_ms"], 1000);
  EXPECT_EQ(recent[1]["error"], "why");
}

}  // namespace
}  // namespace tidegate::control
