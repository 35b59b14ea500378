// The queue before a gate: who goes when slot and gate allow, and the queue's own timer.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/dispatch/wait_queue.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using Ticket = WaitQueue::Ticket;

/// Opens at times and with room that the test sets, for each model.
struct FakeGate final : Gate {
  struct Model {
    TimePoint opens{};
    WaitReason reason = WaitReason::rate_limit;
    Clock::duration pace{};  ///< closes for so long behind each that goes
    std::size_t room = 100;
    std::vector<Pass> under_way;
  };
  Opening opening(std::string_view model, TimePoint now) noexcept override {
    ++asked;
    const auto& one = models[std::string(model)];
    if (one.under_way.size() >= one.room) return {WaitReason::concurrency, TimePoint::max()};
    if (now < one.opens) return {one.reason, one.opens};
    return {};
  }
  Pass started(std::string_view model, TimePoint now) noexcept override {
    auto& one = models[std::string(model)];
    EXPECT_GE(now, one.opens);
    one.opens = now + one.pace;
    one.under_way.push_back(++last_pass);
    return last_pass;
  }
  void finished(std::string_view model, Pass pass, TimePoint /*now*/) noexcept override {
    EXPECT_EQ(std::erase(models[std::string(model)].under_way, pass), 1U);
  }

  std::map<std::string, Model> models;
  Pass last_pass = 0;
  int asked = 0;
};

struct WaitQueueGateTest : testing::Test {
  WaitQueueGateTest() {
    queue.set_bounds({2, 1000, 100});
    queue.set_gate(gate, loop.get_executor());
  }
  std::unique_ptr<Ticket> ticket(const std::string& model = "m", const std::string& client = "") {
    auto place = queue.arrive();
    place.client = client;
    place.model = model;
    return std::make_unique<Ticket>(queue, place, wakeup);
  }
  void pass(Clock::duration time) { ManualClock::run_for(loop, time, std::max<Clock::duration>(10ms, time / 1'000)); }

  ManualClock clock;
  asio::io_context loop{1};
  Wakeup wakeup{loop.get_executor()};
  FakeGate gate;
  WaitQueue queue;
};

TEST_F(WaitQueueGateTest, GrantsWhenTheGateOpensWithoutAnybodysHelp) {
  gate.models["m"].opens = Clock::now() + 5s;
  auto a = ticket();
  auto b = ticket();
  EXPECT_FALSE(a->ready());
  pass(4'990ms);
  EXPECT_FALSE(a->ready());
  pass(20ms);
  EXPECT_TRUE(a->ready());
  EXPECT_TRUE(b->ready());
}

TEST_F(WaitQueueGateTest, AsksTheGateAfterEachThatGoes) {
  gate.models["m"].pace = 1s;
  auto a = ticket();
  auto b = ticket();
  EXPECT_TRUE(a->ready());
  EXPECT_FALSE(b->ready());
  pass(1'010ms);
  EXPECT_TRUE(b->ready());
  auto c = ticket();
  pass(1h);
  EXPECT_FALSE(c->ready()) << "the gate is open, the slots are taken";
  a.reset();
  EXPECT_TRUE(c->ready());
}

TEST_F(WaitQueueGateTest, TheTimerFollowsAGateThatMoves) {
  gate.models["m"].opens = Clock::now() + 1h;
  auto a = ticket();
  pass(1s);
  gate.models["m"].opens = Clock::now() + 1s;
  queue.gate_changed();
  pass(990ms);
  EXPECT_FALSE(a->ready());
  gate.models["m"].opens += 10s;  // unheard of until the timer ends
  pass(5s);
  EXPECT_FALSE(a->ready());
  pass(6s);
  EXPECT_TRUE(a->ready());
}

TEST_F(WaitQueueGateTest, AGateThatOpensByAnEventIsAskedByGateChanged) {
  gate.models["m"].room = 0;
  auto a = ticket();
  pass(1h);
  EXPECT_FALSE(a->ready());
  gate.models["m"].room = 1;
  EXPECT_FALSE(a->ready());
  queue.gate_changed();
  EXPECT_TRUE(a->ready());
}

TEST_F(WaitQueueGateTest, TheEndOfAnAttemptMakesRoom) {
  gate.models["m"].room = 1;
  auto a = ticket();
  auto b = ticket();
  EXPECT_EQ(queue.in_flight(), 1U);
  Slot slot = a->take();
  EXPECT_EQ(slot.pass(), gate.last_pass);
  Slot moved = std::move(slot);
  a.reset();
  EXPECT_FALSE(b->ready());
  moved.release();
  EXPECT_TRUE(b->ready());
}

TEST_F(WaitQueueGateTest, AClosedModelDoesNotHoldBackAnother) {
  gate.models["slow"].opens = Clock::now() + 1h;
  std::vector<std::unique_ptr<Ticket>> waiting;
  for (int i = 0; i < 100; ++i) waiting.push_back(ticket("slow", "a"));
  auto other = ticket("fast", "b");
  EXPECT_TRUE(other->ready());
  auto same_client = std::make_unique<Ticket>(
      queue,
      [&] {
        auto place = queue.arrive();
        place.client = "a";
        place.session = "s";
        place.model = "fast";
        return place;
      }(),
      wakeup);
  EXPECT_TRUE(same_client->ready());
  EXPECT_EQ(queue.depth(), 100U);
}

TEST_F(WaitQueueGateTest, WhoseTurnItIsGoesOnceTheOneBeforeItInItsSessionHasLeft) {
  gate.models["slow"].opens = Clock::now() + 1h;
  auto first = ticket("slow", "a");
  auto behind = ticket("fast", "a");
  EXPECT_FALSE(behind->ready()) << "the order within a session is kept";
  first.reset();
  EXPECT_TRUE(behind->ready());
}

TEST_F(WaitQueueGateTest, ComingBackFromAnOutageGoesInOrderAndOneAtATime) {
  gate.models["m"].opens = Clock::now() + 300s;
  gate.models["m"].reason = WaitReason::circuit_open;
  gate.models["m"].room = 1;
  std::vector<std::unique_ptr<Ticket>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(ticket());
  pass(299s);
  EXPECT_EQ(queue.in_flight(), 0U);
  pass(2s);
  for (auto& one : waiting) {
    EXPECT_EQ(queue.in_flight(), 1U);
    EXPECT_TRUE(one->ready());
    one.reset();
  }
}

TEST_F(WaitQueueGateTest, AGateThatNamesThePastDoesNotKeepTheLoopBusy) {
  struct Stuck final : Gate {
    Opening opening(std::string_view, TimePoint now) noexcept override {
      ++asked;
      return {WaitReason::rate_limit, now};
    }
    Pass started(std::string_view, TimePoint) noexcept override { return 0; }
    void finished(std::string_view, Pass, TimePoint) noexcept override {}
    int asked = 0;
  } stuck;
  queue.set_gate(stuck, loop.get_executor());
  auto a = ticket();
  pass(1s);
  EXPECT_FALSE(a->ready());
  EXPECT_LE(stuck.asked, 1'100);
}

TEST_F(WaitQueueGateTest, AnEmptyOrBusyQueueAsksNobody) {
  gate.models["m"].opens = Clock::now() + 1s;
  auto a = ticket();
  a.reset();
  const int before = gate.asked;
  pass(10s);
  EXPECT_EQ(gate.asked, before);
  auto b = ticket();
  auto c = ticket();
  auto d = ticket();
  EXPECT_EQ(queue.in_flight(), 2U);
  const int busy = gate.asked;
  auto e = ticket();
  pass(10s);
  EXPECT_EQ(gate.asked, busy);
}

// Whatever happens in whatever order: no bound is passed, and nobody waits who could go.
TEST_F(WaitQueueGateTest, RandomWorkKeepsItsBoundsAndLeavesNobodyBehind) {
  std::mt19937 random(7);
  const auto up_to = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); };
  for (const auto* model : {"a", "b", "c"}) {
    gate.models[model].room = 1 + up_to(3);
    gate.models[model].pace = std::chrono::milliseconds(up_to(300));
  }
  std::vector<std::unique_ptr<Ticket>> tickets;
  std::vector<Slot> slots;
  for (int step = 0; step < 5'000; ++step) {
    switch (up_to(4)) {
      case 0: tickets.push_back(ticket(std::string(1, static_cast<char>('a' + up_to(2))), std::to_string(step))); break;
      case 1:
        if (!tickets.empty()) tickets.erase(tickets.begin() + static_cast<std::ptrdiff_t>(up_to(tickets.size() - 1)));
        break;
      case 2:
        if (!slots.empty()) slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(up_to(slots.size() - 1)));
        break;
      case 3: pass(std::chrono::milliseconds(10 * up_to(10))); break;
      default: queue.set_bounds({static_cast<std::uint32_t>(1 + up_to(4)), 1000, 100});
    }
    for (std::size_t i = 0; i < tickets.size();) {
      if (tickets[i]->ready() && up_to(1) == 0) {
        slots.push_back(tickets[i]->take());
        tickets.erase(tickets.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    pass(0ms);
    std::size_t ready = 0;
    for (const auto& one : tickets) {
      if (one->ready()) {
        ++ready;
        continue;
      }
      const bool open = gate.opening(one->place().model, Clock::now()).reason == WaitReason::none;
      ASSERT_FALSE(open && queue.in_flight() < queue.bounds().max_in_flight) << step;
    }
    ASSERT_EQ(queue.in_flight(), ready + slots.size());
    ASSERT_EQ(queue.depth(), tickets.size() - ready);
    for (const auto& [name, model] : gate.models) ASSERT_LE(model.under_way.size(), model.room);
  }
  tickets.clear();
  slots.clear();
  EXPECT_EQ(queue.in_flight(), 0U);
  EXPECT_EQ(queue.usage().clients(), 0U);
}

TEST_F(WaitQueueGateTest, MayEndWhileItsTimerIsSet) {
  {
    WaitQueue other;
    other.set_gate(gate, loop.get_executor());
    gate.models["m"].opens = Clock::now() + 1s;
    auto place = other.arrive();
    place.model = "m";
    const Ticket waiting(other, place, wakeup);
    pass(500ms);
  }
  pass(10s);
}

}  // namespace
}  // namespace tidegate::dispatch
