// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/sustained.h"

#include <gtest/gtest.h>

#include "harness/board/board_reader.h"
#include "tests/harness/engine/lane_fixture.h"
#include "tests/support/recorded_tree.h"

namespace qbench::engine {
namespace {

class SustainedTest : public ::testing::Test {
 protected:
  SustainedRecord run(const testing::FakeScript& script, double seconds, BoardLog* board = nullptr) {
    const std::unique_ptr<Lane> lane = fixture_.lane(script);
    EXPECT_TRUE(lane->load() && lane->warm_up(fixture_.feed()));
    state_.board = board;
    return run_sustained(state_, *lane, seconds);
  }

  testing::LaneFixture fixture_;
  testing::TemporaryFolder folder_;
  SilentProgress progress_;
  Plan plan_;
  CellLog log_{folder_.path() / "cells.jsonl"};
  RunState state_{.plan = plan_,
                  .progress = progress_,
                  .log = log_,
                  .launch = {},
                  .start = Clock::now(),
                  .probe_accelerators = nullptr};
};

TEST_F(SustainedTest, WindowIsAMinuteOrATenth) {
  EXPECT_DOUBLE_EQ(sustained_window_s(600.0), 60.0);
  EXPECT_DOUBLE_EQ(sustained_window_s(3600.0), 60.0);
  EXPECT_DOUBLE_EQ(sustained_window_s(90.0), 9.0);
}

TEST_F(SustainedTest, EveryWindowHasItsMedian) {
  const SustainedRecord record = run({.latency_us = {500}}, 1.0);
  EXPECT_TRUE(record.outcome.ok());
  EXPECT_FALSE(record.partial);
  const auto& windows = record.figures.windows;
  ASSERT_GE(windows.size(), 5U);
  ASSERT_LE(windows.size(), 10U);
  double end = 0.0;
  for (const SustainedWindow& window : windows) {
    EXPECT_NEAR(window.start_s, end, 1e-2);
    EXPECT_GE(window.p50_ms, 0.5);
    EXPECT_GT(window.invokes, 0);
    end = window.start_s + window.seconds;
  }
  EXPECT_EQ(record.figures.cold_ms, windows.front().p50_ms);
}

TEST_F(SustainedTest, ASlowDownOnTheWayShows) {
  // 200 fast invokes (0.1 s), then slow ones for ever.
  std::vector<double> times(200, 500.0);
  times.resize(4000, 2000.0);
  const SustainedRecord record = run({.latency_us = times}, 1.5);
  const auto& windows = record.figures.windows;
  ASSERT_GE(windows.size(), 4U);
  EXPECT_LT(windows.front().p50_ms, windows.back().p50_ms);
}

TEST_F(SustainedTest, BoardIsSampledInEveryWindow) {
  testing::RecordedTree tree;
  tree.file("sys/class/thermal/thermal_zone0/type", "cpu-thermal")
      .file("sys/class/thermal/thermal_zone0/temp", "61500");
  tree.file("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1800000")
      .file("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance");
  BoardLog board(read_board(tree.root()), tree.root(), state_.start, std::chrono::milliseconds(0));
  const SustainedRecord record = run({.latency_us = {500}}, 0.5, &board);
  ASSERT_FALSE(record.figures.windows.empty());
  for (const SustainedWindow& window : record.figures.windows) {
    EXPECT_EQ(window.celsius, 61.5);
    EXPECT_EQ(window.mhz, 1800.0);
  }
  EXPECT_FALSE(record.energy.joules);
  EXPECT_FALSE(record.energy.reason.empty());
}

TEST_F(SustainedTest, ACrashKeepsWhatWasMeasured) {
  testing::FakeScript script{.latency_us = {1000}};
  script.fault = "abort";
  script.good_invokes = 400;
  const SustainedRecord record = run(script, 30.0);
  EXPECT_EQ(record.outcome.status, Status::kCrashed);
  EXPECT_EQ(record.outcome.stage, "sustained");
  EXPECT_FALSE(record.partial);
  EXPECT_TRUE(record.figures.windows.empty());  // windows of three seconds
}

}  // namespace
}  // namespace qbench::engine
