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

}  // namespace
}  // namespace qbench::engine
