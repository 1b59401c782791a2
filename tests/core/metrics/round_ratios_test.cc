// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/round_ratios.h"

#include <gtest/gtest.h>

#include <cmath>

namespace qbench::metrics {
namespace {

LaneRecord lane_of(std::vector<BlockRecord> blocks) {
  LaneRecord lane;
  lane.blocks = std::move(blocks);
  return lane;
}

TEST(RoundRatiosTest, ARoundCountsByTheMedianOfItsSamples) {
  const LaneRecord lane = lane_of({{.round = 3, .samples_ns = {5, 1, 900}}, {.round = 1, .samples_ns = {2, 4}}});
  EXPECT_EQ(round_medians(lane), (std::map<int, double>{{1, 3.0}, {3, 5.0}}));
}

TEST(RoundRatiosTest, ARoundWithoutAPositiveMedianIsLeftOut) {
  EXPECT_TRUE(round_medians(lane_of({{.round = 0, .samples_ns = {0, 0, 7}}, {.round = 1, .samples_ns = {}}})).empty());
}

TEST(RoundRatiosTest, OnlyCommonRoundsArePairedInTheirOrder) {
  const LaneRecord baseline =
      lane_of({{.round = 0, .samples_ns = {10}}, {.round = 2, .samples_ns = {20}}, {.round = 1, .samples_ns = {40}}});
  const LaneRecord lane = lane_of({{.round = 2, .samples_ns = {40}}, {.round = 1, .samples_ns = {40}}});
  const std::vector<double> ratios = round_log_ratios(lane, baseline);
  ASSERT_EQ(ratios.size(), 2U);
  EXPECT_DOUBLE_EQ(ratios[0], 0.0);
  EXPECT_DOUBLE_EQ(ratios[1], std::log(2.0));
}

}  // namespace
}  // namespace qbench::metrics
