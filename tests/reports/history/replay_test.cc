// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/nightly_replay.h"

namespace qbench::testing {
namespace {

// What many more nights give is measured by tests/bench/history_bench.cc.
TEST(ReplayTest, NightsWithStepsAndOutliersGiveNoFalseAlarmAndFindTwoPercentInTwoNights) {
  const ReplayResult result = replay_nights({.seed = 7, .nights = 110});
  EXPECT_EQ(result.sound_nights, 110U * 4 - 50U * 2);
  EXPECT_LE(result.false_alarms * 1000, result.sound_nights * 5);  // 0.5 per 100 nights
  EXPECT_EQ(result.steps, 2U);
  EXPECT_EQ(result.found_in_two, 2U);
  EXPECT_EQ(result.attributed, 2U);
}

TEST(ReplayTest, WithoutAStepNothingIsFound) {
  const ReplayResult result = replay_nights({.seed = 8, .nights = 50, .slower_models = 0});
  EXPECT_EQ(result.sound_nights, 200U);
  EXPECT_LE(result.false_alarms, 1U);
}

}  // namespace
}  // namespace qbench::testing
