// SPDX-License-Identifier: Apache-2.0
#include "reports/gate_check.h"

#include <gtest/gtest.h>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using metrics::GateMetric;
using metrics::GateOutcome;

class GateCheckTest : public ::testing::Test {
 protected:
  std::vector<CheckedGate> check(const std::string& gates, const NoiseFloors& floors = {}) {
    const auto predictions = testing::sample_predictions();
    const Comparison comparison = compare_cells(record_, predictions);
    return check_gates(record_, comparison, metrics::parse_gates(gates), floors);
  }
  Record record_ = testing::sample_record();
};

TEST_F(GateCheckTest, EveryCellButTheBaselineIsChecked) {
  const auto checked = check("latency<=+2%,size<=+0%");
  ASSERT_EQ(checked.size(), 10U);
  EXPECT_EQ(checked[0].cell, "int8-tflite-t1");
  EXPECT_EQ(checked[2].cell, "hostile-tflite-t1");
}

TEST_F(GateCheckTest, TheReferenceOnceMoreIsNotHeldToLimits) {
  record_.cells[1].side = "again";
  EXPECT_EQ(check("latency<=+2%,size<=+0%").size(), 8U);
}

TEST_F(GateCheckTest, FasterAndSmallerPasses) {
  const auto checked = check("latency<=+2%,size<=+0%");
  EXPECT_EQ(checked[0].result.outcome, GateOutcome::kPass);
  EXPECT_NEAR(*checked[0].result.change, 2.5 / 6.0 - 1.0, 0.01);
  EXPECT_LT(checked[0].result.interval->low, checked[0].result.interval->high);
  EXPECT_EQ(checked[1].result.outcome, GateOutcome::kPass);
  EXPECT_NEAR(*checked[1].result.change, 320.0 / 1200.0 - 1.0, 1e-12);
}

TEST_F(GateCheckTest, SlowerBuildMisses) {
  std::swap(record_.cells[0], record_.cells[1]);
  const auto checked = check("latency<=+2%,size<=+0%");
  EXPECT_EQ(checked[0].result.outcome, GateOutcome::kMiss);
  EXPECT_NEAR(*checked[0].result.change, 6.0 / 2.5 - 1.0, 0.01);
  EXPECT_EQ(checked[1].result.outcome, GateOutcome::kMiss);
}

TEST_F(GateCheckTest, AccuracyIsJudgedByItsPairedInterval) {
  const auto checked = check("top1>=-0.5pp");
  EXPECT_EQ(checked[0].result.outcome, GateOutcome::kCannotTell);
  EXPECT_NEAR(*checked[0].result.change, -0.015, 1e-12);
  EXPECT_EQ(check("top1>=-10pp")[0].result.outcome, GateOutcome::kPass);
}

TEST_F(GateCheckTest, WhatWasNotMeasuredNeverPasses) {
  for (const CheckedGate& gate : check("latency<=+50%")) {
    const bool measured = gate.cell == "int8-tflite-t1" || gate.cell == "hostile-tflite-t1";
    EXPECT_EQ(gate.result.outcome, measured ? GateOutcome::kPass : GateOutcome::kCannotTell) << gate.cell;
  }
  EXPECT_EQ(check("latency64<=+2%")[0].result.outcome, GateOutcome::kCannotTell);  // int8 cannot do 64
  EXPECT_EQ(check("top1>=-50pp")[1].result.outcome, GateOutcome::kCannotTell);     // not evaluated
}

TEST_F(GateCheckTest, TooFewRoundsDecideNothing) {
  for (std::size_t i : {0U, 1U}) record_.cells[i].lanes[0].blocks.resize(9);
  const auto checked = check("latency<=+2%");
  EXPECT_EQ(checked[0].result.outcome, GateOutcome::kCannotTell);
  EXPECT_FALSE(checked[0].result.change);
}

TEST_F(GateCheckTest, NoiseFloorWidensWhatHasNoInterval) {
  record_.cells[1].lanes[0].load_ms = 13.0;  // +4 %
  EXPECT_EQ(check("load<=+3%")[0].result.outcome, GateOutcome::kMiss);
  EXPECT_EQ(check("load<=+3%", {{GateMetric::kLoad, 0.05}})[0].result.outcome, GateOutcome::kCannotTell);
}

TEST_F(GateCheckTest, ACellIsJudgedAgainstTheBaselineThatItNames) {
  record_.cells.resize(2);
  record_.cells[1].baseline = record_.cells[1].id;
  CellRecord candidate = record_.cells[1];
  candidate.id = "candidate";
  candidate.model.bytes *= 2;
  record_.cells.push_back(candidate);
  const auto checked = check("size<=+0%");
  ASSERT_EQ(checked.size(), 1U);
  EXPECT_EQ(checked[0].cell, "candidate");
  EXPECT_NEAR(*checked[0].result.change, 1.0, 1e-12);
}

}  // namespace
}  // namespace qbench::reports
