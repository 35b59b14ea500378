#include "daemon/dispatch/upstream_gate.h"

#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;
using policy::FailureClass;
using policy::Reason;
using policy::Signal;

struct UpstreamGateTest : testing::Test {
  UpstreamGateTest() { gate.set_options({8}); }

  bool open(std::string_view model = "m") { return gate.opening(model, now).reason == WaitReason::none; }
  void attempt(Reason reason, std::string_view model = "m",
               std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
    const auto pass = gate.started(model, now);
    now += 10ms;
    const auto cls = reason == Reason::none ? FailureClass::success : FailureClass::retry_after;
    gate.answered(model, pass, {{cls, reason, 0ms}, retry_after, {}, 10ms}, now);
    gate.finished(model, pass, now);
  }

  std::mt19937_64 random{1};
  UpstreamGate gate{random};
  TimePoint now{1h};
};

TEST_F(UpstreamGateTest, LetsAllGoWhileAllIsWell) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(open());
    attempt(Reason::none);
  }
}

TEST_F(UpstreamGateTest, ARefusalHoldsItsModelAndNoOther) {
  attempt(Reason::rate_limited, "busy", 5000ms);
  const auto opening = gate.opening("busy", now);
  EXPECT_EQ(opening.reason, WaitReason::rate_limit);
  EXPECT_GE(opening.until, now + 4s);
  EXPECT_LE(opening.until, now + 5s + 200ms);
  EXPECT_TRUE(open("other"));
  now = opening.until;
  EXPECT_TRUE(open("busy"));
}

TEST_F(UpstreamGateTest, AnUpstreamThatIsGoneClosesForAllModelsAndIsAskedAgainByOne) {
  for (int i = 0; i < 20 && gate.circuit().state(now.time_since_epoch()) == policy::CircuitBreaker::State::closed;
       ++i) {
    attempt(Reason::unreachable);
    now = std::max(now, gate.opening("m", now).until == TimePoint::max() ? now : gate.opening("m", now).until);
  }
  attempt(Reason::unreachable, "m2");
  const auto opening = gate.opening("other", now);
  ASSERT_EQ(opening.reason, WaitReason::circuit_open);
  ASSERT_LT(opening.until, now + 10s);
  now = opening.until;
  ASSERT_TRUE(open("other"));
  EXPECT_TRUE(gate.probing(now));
  const auto pass = gate.started("other", now);
  EXPECT_EQ(gate.opening("third", now).reason, WaitReason::circuit_open) << "one probe at a time";
  gate.answered("other", pass, {{}, std::nullopt, {}, 10ms}, now);
  gate.finished("other", pass, now);
  EXPECT_TRUE(open("third"));
}

TEST_F(UpstreamGateTest, ANewNetworkForgetsThatTheUpstreamWasGone) {
  for (int i = 0; i < 10; ++i) attempt(Reason::unreachable, "model " + std::to_string(i));
  ASSERT_EQ(gate.opening("other", now).reason, WaitReason::circuit_open);
  gate.network_changed();
  EXPECT_TRUE(open("other"));
}

TEST_F(UpstreamGateTest, AnUpstreamThatSaysNoIsThere) {
  for (int i = 0; i < 50; ++i) attempt(Reason::invalid_request);
  EXPECT_TRUE(open());
}

TEST_F(UpstreamGateTest, ConcurrencyIsBounded) {
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(open());
    (void)gate.started("m", now);
  }
  EXPECT_EQ(gate.opening("m", now).reason, WaitReason::concurrency);
  gate.given_up("m", now);
  gate.finished("m", 0, now);
  EXPECT_TRUE(open());
}

TEST_F(UpstreamGateTest, RememberedModelsAreBounded) {
  for (std::size_t i = 0; i < UpstreamGate::kMaxModels + 10; ++i) {
    attempt(Reason::none, "model " + std::to_string(i));
    now += 1s;
  }
  EXPECT_EQ(gate.models(now).size(), UpstreamGate::kMaxModels);
}

TEST(PaceSignal, SaysWhatConcernsThePace) {
  EXPECT_EQ(pace_signal(Reason::none), Signal::ok);
  EXPECT_EQ(pace_signal(Reason::rate_limited), Signal::rate_limited);
  EXPECT_EQ(pace_signal(Reason::overloaded), Signal::overloaded);
  EXPECT_EQ(pace_signal(Reason::server_error), Signal::failed);
  EXPECT_EQ(pace_signal(Reason::context_overflow), Signal::ok);
}

TEST(MeansGone, IsNotSaidOfAnAnswer) {
  EXPECT_TRUE(means_gone(Reason::unreachable));
  EXPECT_TRUE(means_gone(Reason::bad_gateway));
  EXPECT_FALSE(means_gone(Reason::rate_limited));
  EXPECT_FALSE(means_gone(Reason::server_error));
  EXPECT_FALSE(means_gone(Reason::none));
}

}  // namespace
}  // namespace tidegate::dispatch
