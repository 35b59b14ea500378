#include "daemon/dispatch/gate_pass.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>

#include "tests/unit/dispatch/fake_transport.h"

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using policy::FailureClass;
using policy::Reason;

struct GatePassTest : testing::Test {
  GatePassTest() {
    gate.set_options({4});
    queue.set_bounds({4, 10, 1000});
    queue.set_gate(gate, loop.get_executor());
    attempt->wakeup = &wakeup;
    auto place = queue.arrive();
    place.model = "m";
    WaitQueue::Ticket ticket(queue, place, wakeup);
    slot = ticket.take();
  }

  ManualClock clock;
  asio::io_context loop{1};
  Wakeup wakeup{loop.get_executor()};
  std::mt19937_64 random{1};
  UpstreamGate gate{random};
  WaitQueue queue;
  Slot slot;
  std::shared_ptr<upstream::FakeAttempt> attempt = std::make_shared<upstream::FakeAttempt>();
  AnswerCheck check{std::make_unique<upstream::FakeStream>(attempt)};
};

TEST_F(GatePassTest, TellsTheGateOfTheAnswerAndItsLimits) {
  attempt->answer(429, "{}", "Retry-After: 3\n");
  ASSERT_TRUE(check.ready());
  const auto outcome = check.outcome({});
  GatePass pass(gate, queue, "m", slot);
  pass.answered(check, outcome, {FailureClass::pause_upstream, Reason::rate_limited, 0ms}, 5ms);
  const auto opening = gate.opening("m", Clock::now());
  EXPECT_EQ(opening.reason, WaitReason::rate_limit);
  EXPECT_GE(opening.until, Clock::now() + 3s);
}

TEST_F(GatePassTest, ThatAKeptConnectionHadDiedSaysNothingOfTheUpstream) {
  policy::Outcome outcome;
  outcome.transport = ErrorCode::upstream_reset;
  outcome.stale_connection = true;
  for (int i = 0; i < 20; ++i) {
    GatePass pass(gate, queue, "m", slot);
    pass.answered(check, outcome, {FailureClass::retry_now, Reason::reset, 0ms}, 5ms);
  }
  EXPECT_EQ(gate.opening("m", Clock::now()).reason, WaitReason::none);
}

TEST_F(GatePassTest, AnAttemptThatIsGivenUpFreesItsPlace) {
  {
    const GatePass pass(gate, queue, "m", slot);
  }
  slot.release();
  EXPECT_EQ(gate.models(Clock::now()).front().pace.in_flight, 0U);
}

}  // namespace
}  // namespace tidegate::dispatch
