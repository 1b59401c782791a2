// SPDX-License-Identifier: Apache-2.0
#include "reports/comparability.h"

#include <gtest/gtest.h>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

class ComparabilityTest : public ::testing::Test {
 protected:
  std::vector<std::string> reasons() { return reasons_against(a_, b_, pair_cells(a_, b_)); }
  /// The only reason; an error text when there are none or several.
  std::string only_reason() {
    const auto all = reasons();
    return all.size() == 1 ? all.front() : "there are " + std::to_string(all.size()) + " reasons";
  }
  void SetUp() override {
    for (Record* record : {&a_, &b_}) {
      record->partial = false;
      record->board.unit = "12345678";
    }
  }
  Record a_ = testing::sample_record();
  Record b_ = testing::sample_record();
};

TEST_F(ComparabilityTest, TheSameBoardDataAndRecipesAreFine) { EXPECT_TRUE(reasons().empty()); }

TEST_F(ComparabilityTest, WhatChangesFromMinuteToMinuteIsNoReason) {
  b_.board.activity.load_1min = 3.0;
  b_.board.thermal_zones[0].celsius = 70.0;
  b_.board.memory.available_bytes /= 2;
  b_.board.frequencies[0].current_khz = 600000;
  EXPECT_TRUE(reasons().empty());
}

TEST_F(ComparabilityTest, AnotherBoard) {
  b_.board.cpu.model = "4 x Cortex-A76";
  EXPECT_EQ(only_reason(), "the CPU differs: '4 x Cortex-A72' and '4 x Cortex-A76'");
  b_ = a_;
  b_.board.id = "other-00000000";
  EXPECT_NE(only_reason().find("the board differs"), std::string::npos);
}

TEST_F(ComparabilityTest, AnotherUnitOfTheSameBoard) {
  b_.board.unit = "87654321";
  EXPECT_NE(only_reason().find("unit"), std::string::npos);
  b_.board.unit.clear();  // not told
  EXPECT_TRUE(reasons().empty());
}

TEST_F(ComparabilityTest, AnotherCountOfCpus) {
  b_.board.cpu.allowed_cores = 2;
  EXPECT_EQ(only_reason(), "the count of CPUs that the run was allowed differs: 4 and 2");
}

TEST_F(ComparabilityTest, AnotherGovernorOrClock) {
  b_.board.frequencies[0].governor = "performance";
  EXPECT_EQ(only_reason(), "the governor of policy0 differs: 'ondemand' and 'performance'");
  b_.board.frequencies[0].governor = "ondemand";
  b_.board.frequencies[0].max_khz = 1000000;
  EXPECT_EQ(only_reason(), "the highest clock of policy0 (kHz) differs: 1500000 and 1000000");
}

TEST_F(ComparabilityTest, AThrottledBoard) {
  b_.board.throttling.firmware_flags = {"throttled now"};
  EXPECT_EQ(only_reason(), "what the firmware says of throttling differs: none and 'throttled now'");
}

TEST_F(ComparabilityTest, OtherImagesOrAnotherRecipe) {
  b_.dataset->sha256 = std::string(64, '0');
  EXPECT_NE(only_reason().find("the dataset differs"), std::string::npos);
  b_.dataset = a_.dataset;
  b_.cells[0].recipe.label_offset += 1;
  EXPECT_NE(only_reason().find("the recipe of"), std::string::npos);
}

TEST_F(ComparabilityTest, ASwitchInTheEnvironment) {
  b_.board.environment["OMP_NUM_THREADS"] = "1";
  EXPECT_EQ(only_reason(), "the environment's OMP_NUM_THREADS differs: none and '1'");
}

TEST_F(ComparabilityTest, AnInterruptedRun) {
  a_.partial = true;
  EXPECT_EQ(only_reason(), "the reference run was interrupted");
}

TEST_F(ComparabilityTest, EveryReasonIsGiven) {
  b_.partial = true;
  b_.board.cpu.allowed_cores = 1;
  b_.dataset.reset();
  EXPECT_EQ(reasons().size(), 3U);
}

TEST_F(ComparabilityTest, ACellThatOnlyOneRunSawThrottledOrDisturbed) {
  b_.cells[1].lanes[0].tags = {"throttled"};
  EXPECT_EQ(only_reason(), "'int8-tflite-t1' was throttled in the candidate run only");
  a_.cells[1].lanes[0].tags = {"throttled", "disturbed"};
  EXPECT_EQ(only_reason(), "'int8-tflite-t1' was disturbed in the reference run only");
  b_.cells[1].lanes[0].tags = a_.cells[1].lanes[0].tags;
  EXPECT_TRUE(reasons().empty());
}

TEST_F(ComparabilityTest, WorkersThatStayedOnAnotherCpu) {
  for (CellRecord& cell : b_.cells) {
    for (LaneRecord& lane : cell.lanes) lane.cpu = 0;
  }
  EXPECT_EQ(only_reason(), "the reference's workers stayed on CPU 3 and the candidate's on CPU 0");
  for (CellRecord& cell : b_.cells) {
    for (LaneRecord& lane : cell.lanes) lane.cpu.reset();
  }
  EXPECT_EQ(only_reason(), "the reference's workers stayed on CPU 3 and the candidate's on no single CPU");
}

}  // namespace
}  // namespace qbench::reports
