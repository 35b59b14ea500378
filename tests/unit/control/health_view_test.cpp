#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

using namespace std::chrono_literals;

struct HealthView : ControlTest {
  std::string codes() {
    std::string all;
    const Json view = health_view(sources);  // named: a range-for keeps alive only the last temporary
    for (const auto& item : view["health"]) all += item["code"].get<std::string>() + " ";
    return all;
  }
};

TEST_F(HealthView, AllIsWell) {
  const auto view = health_view(sources);
  EXPECT_EQ(view["state"], "ready");
  EXPECT_EQ(view["health"], Json::array());
}

TEST_F(HealthView, AnUpstreamThatIsAwayForLongerThanAHiccup) {
  upstream.note_failure({ErrorCode::upstream_unreachable, "connection refused"});
  EXPECT_EQ(codes(), "");
  wire.run_for(1'900ms);
  EXPECT_EQ(codes(), "");
  wire.run_for(200ms);
  EXPECT_EQ(codes(), "upstream_down ");
  const auto item = health_view(sources)["health"][0];
  EXPECT_EQ(item["severity"], "error");
  EXPECT_NE(item["summary"].get<std::string>().find("connection refused"), std::string::npos);
  EXPECT_TRUE(item["since"].is_string());
  EXPECT_EQ(state_name(sources), "degraded");
  upstream.note_answer(200, 1ms, "1.1");
  EXPECT_EQ(codes(), "");
  EXPECT_EQ(state_name(sources), "ready");
}

TEST_F(HealthView, ARejectedKey) {
  upstream.note_answer(401, 1ms, "1.1");
  EXPECT_EQ(codes(), "upstream_key_rejected ");
  upstream.note_answer(200, 1ms, "1.1");
  EXPECT_EQ(codes(), "");
  // One model that the key may not use says nothing of the key.
  upstream.note_answer(403, 1ms, "1.1");
  EXPECT_EQ(codes(), "");
}

TEST_F(HealthView, AConfigurationThatIsNotTaken) {
  store.reject({"line 3: no such key", 3, 1, wall});
  EXPECT_EQ(codes(), "config_reload_failed ");
  EXPECT_EQ(state_name(sources), "degraded");
  store.accept(store.prepare(snapshot(), wall));
  EXPECT_EQ(codes(), "");
}

TEST_F(HealthView, WarningsOfTheFileDegradeNothing) {
  auto next = snapshot();
  next.warnings = {{"config_readable_by_others", "others can read it"}, {"key_file_readable_by_others", "also"}};
  store.accept(store.prepare(next, wall));
  EXPECT_EQ(codes(), "config_readable_by_others key_file_readable_by_others ");
  EXPECT_EQ(health_view(sources)["health"][0]["severity"], "warning");
  EXPECT_EQ(state_name(sources), "ready");
}

TEST_F(HealthView, DrainingIsTheStateWhateverElse) {
  store.reject({"bad", 0, 0, wall});
  draining = true;
  EXPECT_EQ(health_view(sources)["state"], "draining");
}

}  // namespace
}  // namespace tidegate::control
