#include "tests/support/sim/stats.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/sim/rate_window.h"

namespace tidegate::sim {
namespace {

Request from(const std::string& gateway) {
  Request request;
  request.target = "/v1/models?x=1";
  request.headers = {{"X-Tidegate-Gateway", gateway}};
  return request;
}

TEST(Stats, CountsWhatHappened) {
  Stats stats;
  const auto one = stats.connection_opened();
  const auto two = stats.connection_opened();
  stats.request_begins(one, from("vps"));
  stats.request_begins(two, from("macbook"));
  stats.request_ends(200, false);
  stats.request_ends(503, true);
  stats.request_begins(one, from("vps"));
  stats.connection_closed(two);
  const auto json = stats.to_json();
  EXPECT_EQ(json["requests"], 3);
  EXPECT_EQ(json["by_gateway"]["vps"], 2);
  EXPECT_EQ(json["by_path"]["/v1/models"], 3);
  EXPECT_EQ(json["by_status"]["503"], 1);
  EXPECT_EQ(json["aborted"], 1);
  EXPECT_EQ(json["in_flight"], 1);
  EXPECT_EQ(json["peak_in_flight"], 2);
  EXPECT_EQ(json["connections"]["opened"], 2);
  EXPECT_EQ(json["connections"]["open"], 1);
  EXPECT_EQ(json["connections"]["max_requests"], 2);
  EXPECT_EQ(json["connections"]["requests_per_connection"], Json::parse("[2,1]"));
}

TEST(Stats, ObserversAreNotCounted) {
  Stats stats;
  const auto id = stats.connection_opened();
  stats.connection_observes(id);
  stats.connection_closed(id);
  EXPECT_EQ(stats.to_json()["connections"]["opened"], 0);
}

TEST(Stats, ResetKeepsWhatIsOpen) {
  Stats stats;
  const auto id = stats.connection_opened();
  stats.request_begins(id, from("vps"));
  stats.reset();
  const auto json = stats.to_json();
  EXPECT_EQ(json["requests"], 0);
  EXPECT_EQ(json["connections"]["opened"], 0);
  EXPECT_EQ(json["connections"]["open"], 1);
  EXPECT_EQ(json["in_flight"], 1);
  EXPECT_EQ(json["peak_in_flight"], 1);
  stats.connection_observes(id);
  EXPECT_EQ(stats.to_json()["connections"]["opened"], 0) << "not below zero";
}

TEST(Stats, NamesHaveABound) {
  Stats stats;
  for (std::size_t i = 0; i < Stats::kMaxNames + 10; ++i) stats.request_begins(0, from(std::to_string(i)));
  const auto json = stats.to_json();
  EXPECT_EQ(json["by_gateway"].size(), Stats::kMaxNames + 1);
  EXPECT_EQ(json["by_gateway"]["other"], 10);
}

TEST(RateWindow, AllowsSoManyInAnyMinute) {
  using std::chrono::seconds;
  RateWindow window;
  const RateWindow::Time start{};
  EXPECT_TRUE(window.take(start, 2).allowed);
  EXPECT_EQ(window.take(start + seconds(10), 2).remaining, 0U);
  const auto refused = window.take(start + seconds(20), 2);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.until_next, seconds(40));
  EXPECT_TRUE(window.take(start + seconds(60), 2).allowed);
  EXPECT_FALSE(window.take(start + seconds(61), 2).allowed);
}

}  // namespace
}  // namespace tidegate::sim
