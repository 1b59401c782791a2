// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/plan.h"

#include <gtest/gtest.h>

namespace qbench::engine {
namespace {

CellPlan cell_of(const std::string& variant, int threads = 1, runners::Kernels kernels = runners::Kernels::kAuto) {
  CellPlan cell;
  cell.variant = variant;
  cell.options.threads = threads;
  cell.options.kernels = kernels;
  return cell;
}

std::vector<std::string> ids_of(std::vector<CellPlan> cells) {
  Plan plan;
  plan.cells = std::move(cells);
  name_cells(plan);
  std::vector<std::string> ids;
  for (const CellPlan& cell : plan.cells) ids.push_back(cell.id);
  return ids;
}

TEST(PlanTest, AVariantAloneGivesItsNameToTheCell) {
  EXPECT_EQ(ids_of({cell_of("fp32"), cell_of("int8")}), (std::vector<std::string>{"fp32", "int8"}));
}

TEST(PlanTest, OnlyWhatDiffersIsInTheName) {
  EXPECT_EQ(ids_of({cell_of("fp32", 1), cell_of("fp32", 2)}), (std::vector<std::string>{"fp32-t1", "fp32-t2"}));
  EXPECT_EQ(ids_of({cell_of("a", 1, runners::Kernels::kXnnpack), cell_of("a", 1, runners::Kernels::kBuiltin)}),
            (std::vector<std::string>{"a-xnnpack", "a-builtin"}));
}

TEST(PlanTest, TheSameCellTwiceIsNumbered) {
  EXPECT_EQ(ids_of({cell_of("a"), cell_of("a")}), (std::vector<std::string>{"a", "a-2"}));
}

TEST(PlanTest, HostileNamesBecomeSafeFileNames) {
  EXPECT_EQ(ids_of({cell_of("../a b\n\"c")}), (std::vector<std::string>{"_._a_b__c"}));
  EXPECT_EQ(ids_of({cell_of("")}), (std::vector<std::string>{"model"}));
}

Plan two_sided_plan() {
  Plan plan;
  for (const char* side : {"reference", "again", "candidate"}) {
    for (const char* variant : {"fp32", "int8"}) {
      plan.cells.push_back(cell_of(variant));
      plan.cells.back().side = side;
    }
  }
  name_cells(plan);
  return plan;
}

TEST(PlanTest, SidesAreInTheNameAndTheirLibrariesAreNot) {
  Plan plan = two_sided_plan();
  plan.cells[4].options.library = "/other/libtensorflowlite_c.so";
  name_cells(plan);
  EXPECT_EQ(plan.cells[0].id, "fp32-reference");
  EXPECT_EQ(plan.cells[4].id, "fp32-candidate");
}

TEST(PlanTest, WithoutSidesTheFirstCellIsEverybodysBaseline) {
  Plan plan;
  plan.cells = {cell_of("a"), cell_of("b")};
  EXPECT_EQ(&baseline_of(plan, plan.cells[0]), &plan.cells[0]);
  EXPECT_EQ(&baseline_of(plan, plan.cells[1]), &plan.cells[0]);
}

TEST(PlanTest, ALaterSideIsMeasuredAgainstItsCounterpart) {
  const Plan plan = two_sided_plan();
  EXPECT_EQ(baseline_of(plan, plan.cells[1]).id, "int8-reference");
  EXPECT_EQ(baseline_of(plan, plan.cells[3]).id, "int8-reference");
  EXPECT_EQ(baseline_of(plan, plan.cells[5]).id, "int8-reference");
}

TEST(PlanTest, WithoutACounterpartACellIsItsOwnBaseline) {
  Plan plan = two_sided_plan();
  plan.cells[5].options.threads = 2;
  EXPECT_EQ(&baseline_of(plan, plan.cells[5]), &plan.cells[5]);
}

}  // namespace
}  // namespace qbench::engine
