// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_gates.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench::app {
namespace {

using metrics::GateOutcome;
using reports::CheckedGate;

engine::Plan plan_with(const std::string& gate) {
  engine::Plan plan;
  for (const char* id : {"base", "good", "bad"}) {
    engine::CellPlan& cell = plan.cells.emplace_back();
    cell.id = cell.variant = id;
  }
  plan.gate = gate;
  plan.dataset = datasets::DatasetOptions();
  return plan;
}

CheckedGate checked(const std::string& cell, const std::string& gate, GateOutcome outcome) {
  return {cell, {.gate = metrics::parse_gates(gate).front(), .outcome = outcome}};
}

TEST(RunGatesTest, AGateThatNothingCanJudgeIsRefused) {
  EXPECT_NO_THROW(check_gates_fit(plan_with("latency<=+2%,latency64<=+2%,top1>=-1pp,size<=+0%")));
  engine::Plan plan = plan_with("top1>=-1pp");
  plan.dataset.reset();
  EXPECT_THROW(check_gates_fit(plan), Error);
  plan = plan_with("latency64<=+2%");
  plan.batches = {1};
  EXPECT_THROW(check_gates_fit(plan), Error);
  plan = plan_with("rss<=+2%");
  plan.settings.latency = false;
  EXPECT_THROW(check_gates_fit(plan), Error);
  plan = plan_with("size<=+2%");
  plan.cells.resize(1);
  EXPECT_THROW(check_gates_fit(plan), Error);
}

TEST(RunGatesTest, APlanWithoutGatesNeedsNothing) {
  engine::Plan plan;
  EXPECT_TRUE(gates_of(plan).empty());
  EXPECT_NO_THROW(check_gates_fit(plan));
}

TEST(RunGatesTest, OnlyTheMissedCellAndItsBaselineRunAgain) {
  const engine::Plan plan = plan_with("latency<=+2%");
  const std::vector<CheckedGate> gates{checked("good", "latency<=+2%", GateOutcome::kPass),
                                       checked("bad", "latency<=+2%", GateOutcome::kMiss)};
  const engine::Plan second = remeasure_plan(plan, gates);
  ASSERT_EQ(second.cells.size(), 2U);
  EXPECT_EQ(second.cells[0].id, "base");
  EXPECT_EQ(second.cells[1].id, "bad");
  EXPECT_EQ(second.batches, std::vector<int>{1});
  EXPECT_TRUE(second.settings.latency);
  EXPECT_FALSE(second.settings.accuracy);
  EXPECT_NE(second.settings.seed, plan.settings.seed);
  EXPECT_EQ(second.settings.rounds, plan.settings.rounds);
}

TEST(RunGatesTest, AccuracyIsEvaluatedAgainWithoutLatency) {
  const engine::Plan second =
      remeasure_plan(plan_with("top1>=-1pp"), {checked("bad", "top1>=-1pp", GateOutcome::kMiss)});
  EXPECT_FALSE(second.settings.latency);
  EXPECT_TRUE(second.settings.accuracy);
}

TEST(RunGatesTest, ASideKeepsItsOwnReference) {
  engine::Plan plan;
  for (const char* side : {"reference", "candidate"}) {
    for (const char* variant : {"x", "y"}) {
      engine::CellPlan& cell = plan.cells.emplace_back();
      cell.variant = variant;
      cell.side = side;
    }
  }
  engine::name_cells(plan);
  const engine::Plan second = remeasure_plan(plan, {checked("y-candidate", "rss<=+2%", GateOutcome::kMiss)});
  ASSERT_EQ(second.cells.size(), 2U);
  EXPECT_EQ(second.cells[0].id, "y-reference");
}

TEST(RunGatesTest, AFilesSizeIsNotMeasuredAgain) {
  EXPECT_FALSE(worth_measuring_again({checked("bad", "size<=+0%", GateOutcome::kMiss)}));
  EXPECT_FALSE(worth_measuring_again({checked("bad", "rss<=+0%", GateOutcome::kCannotTell)}));
  EXPECT_TRUE(worth_measuring_again({checked("bad", "rss<=+0%", GateOutcome::kMiss)}));
}

TEST(RunGatesTest, ASecondResultMeetsItsGate) {
  std::vector<CheckedGate> gates{checked("a", "rss<=+1%", GateOutcome::kMiss),
                                 checked("b", "rss<=+1%", GateOutcome::kMiss),
                                 checked("b", "size<=+1%", GateOutcome::kMiss)};
  add_second_results(gates, {checked("a", "rss<=+1%", GateOutcome::kMiss)});
  EXPECT_EQ(gates[0].outcome(), GateOutcome::kMiss);
  EXPECT_EQ(gates[1].outcome(), GateOutcome::kCannotTell);  // its second measurement failed
  EXPECT_EQ(gates[2].outcome(), GateOutcome::kMiss);
  EXPECT_FALSE(gates[2].again);
}

}  // namespace
}  // namespace qbench::app
