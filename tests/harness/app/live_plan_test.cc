// SPDX-License-Identifier: Apache-2.0
#include "harness/app/live_plan.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench::app {
namespace {

/// The plan of a command line.
engine::Plan live_parsed(const std::string& arguments) {
  CLI::App command;
  RunFlags flags;
  LiveFlags live;
  add_live_flags(command, live);
  add_run_flags(command, flags);
  command.parse(arguments);
  engine::Plan plan = live_plan(flags, live);
  engine::name_cells(plan);
  return plan;
}

/// Ids of the cells, each with its baseline's.
std::vector<std::pair<std::string, std::string>> pairs_of(const engine::Plan& plan) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const engine::CellPlan& cell : plan.cells) pairs.emplace_back(cell.id, engine::baseline_of(plan, cell).id);
  return pairs;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(LivePlanTest, EveryCandidateIsMeasuredAgainstItsReference) {
  const engine::Plan plan = live_parsed("--model fp32=/m/a --model int8=/m/b --library-b libnew.so");
  EXPECT_EQ(pairs_of(plan), (Pairs{{"fp32-reference", "fp32-reference"},
                                   {"int8-reference", "int8-reference"},
                                   {"fp32-candidate", "fp32-reference"},
                                   {"int8-candidate", "int8-reference"}}));
  EXPECT_EQ(plan.cells[0].options.library, "");
  EXPECT_EQ(plan.cells[2].options.library, "libnew.so");
}

TEST(LivePlanTest, AgainIsTheReferenceOnceMore) {
  const engine::Plan plan = live_parsed("--model-a m=/old/m --model-b m=/new/m --again");
  EXPECT_EQ(pairs_of(plan),
            (Pairs{{"m-reference", "m-reference"}, {"m-again", "m-reference"}, {"m-candidate", "m-reference"}}));
  EXPECT_EQ(plan.cells[1].model, "/old/m");
  EXPECT_EQ(plan.cells[2].model, "/new/m");
}

TEST(LivePlanTest, ModelSetsArePairedByNameWhateverTheOrder) {
  const engine::Plan plan = live_parsed("--model-a x=/old/x,y=/old/y --model-b y=/new/y,x=/new/x");
  EXPECT_EQ(pairs_of(plan)[2], (std::pair<std::string, std::string>{"y-candidate", "y-reference"}));
  EXPECT_EQ(plan.cells[2].model, "/new/y");
}

TEST(LivePlanTest, ModelsOfOtherNamesArePairedByOrder) {
  const engine::Plan plan = live_parsed("--model-a /m/one.tflite --model-b /m/two.tflite");
  EXPECT_EQ(plan.cells[0].variant, "one vs two");
  EXPECT_EQ(pairs_of(plan)[1].second, "one_vs_two-reference");
}

TEST(LivePlanTest, ThreadsAndKernelsMeetTheirOwnCounterpart) {
  const engine::Plan plan = live_parsed("--model m=/m --threads 1,2 --library-b libnew.so");
  EXPECT_EQ(pairs_of(plan)[3], (std::pair<std::string, std::string>{"m-t2-candidate", "m-t2-reference"}));
}

TEST(LivePlanTest, OneSideMayBeLeftToTheCommonModels) {
  const engine::Plan plan = live_parsed("--model m=/old --model-b m=/new");
  EXPECT_EQ(plan.cells[0].model, "/old");
  EXPECT_EQ(plan.cells[1].model, "/new");
}

TEST(LivePlanTest, WhatCannotBePairedIsRefused) {
  EXPECT_THROW((void)live_parsed("--model-a x=/1,y=/2 --model-b z=/3"), Error);
  EXPECT_THROW((void)live_parsed("--model /a/m.tflite --model /b/m.tflite"), Error);
  EXPECT_THROW((void)live_parsed("--model x=/1 --model-a y=/2 --model-b z=/3"), Error);
  EXPECT_THROW((void)live_parsed("--model x=/1 --library a.so,b.so"), Error);
}

TEST(LivePlanTest, AMissingBuildOrLibraryIsRefusedBeforeAnythingRuns) {
  EXPECT_THROW((void)live_parsed("--model x=/1 --binary-b /no/such/qbench"), Error);
  EXPECT_THROW((void)live_parsed("--model x=/1 --library-a /no/such/lib.so"), Error);
}

}  // namespace
}  // namespace qbench::app
