#include "daemon/observe/latency_window.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};

TEST(LatencyWindow, IsEmptyAtFirst) {
  const auto none = LatencyWindow().percentiles(kStart);
  EXPECT_EQ(none.samples, 0U);
  EXPECT_EQ(none.p99, 0ms);
}

TEST(LatencyWindow, OneSampleIsEveryPercentile) {
  LatencyWindow window;
  window.add(kStart, 250ms);
  const auto one = window.percentiles(kStart);
  EXPECT_EQ(one.samples, 1U);
  EXPECT_EQ(one.p50, 250ms);
  EXPECT_EQ(one.p90, 250ms);
  EXPECT_EQ(one.p99, 250ms);
}

TEST(LatencyWindow, TakesTheNearestRankWhateverTheOrder) {
  LatencyWindow window;
  for (int i = 100; i >= 1; --i) window.add(kStart, i * 1ms);
  const auto all = window.percentiles(kStart);
  EXPECT_EQ(all.p50, 50ms);
  EXPECT_EQ(all.p90, 90ms);
  EXPECT_EQ(all.p99, 99ms);
}

TEST(LatencyWindow, KeepsOnlyTheLastSamples) {
  LatencyWindow window;
  for (std::size_t i = 0; i < LatencyWindow::kMaxSamples; ++i) window.add(kStart, 1ms);
  for (std::size_t i = 0; i < LatencyWindow::kMaxSamples - 1; ++i) window.add(kStart, 5ms);
  auto all = window.percentiles(kStart);
  EXPECT_EQ(all.samples, LatencyWindow::kMaxSamples);
  EXPECT_EQ(all.p50, 5ms);
  for (int i = 0; i < 2; ++i) window.add(kStart, 9ms);
  all = window.percentiles(kStart);
  EXPECT_EQ(all.samples, LatencyWindow::kMaxSamples);
  EXPECT_EQ(all.p99, 5ms);
}

TEST(LatencyWindow, ForgetsOldSamples) {
  LatencyWindow window;
  window.add(kStart, 1ms);
  window.add(kStart + 1min, 2ms);
  EXPECT_EQ(window.percentiles(kStart + LatencyWindow::kMaxAge).samples, 2U);
  EXPECT_EQ(window.percentiles(kStart + LatencyWindow::kMaxAge + 1ms).samples, 1U);
  EXPECT_EQ(window.percentiles(kStart + 1h).samples, 0U);
}

TEST(LatencyWindow, BoundsAbsurdLatencies) {
  LatencyWindow window;
  window.add(kStart, -5ms);
  EXPECT_EQ(window.percentiles(kStart).p50, 0ms);
  window.add(kStart, 24h * 365);
  EXPECT_EQ(window.percentiles(kStart).p99, 4294967295ms);
}

}  // namespace
}  // namespace tidegate::observe
