// SPDX-License-Identifier: Apache-2.0
#include "reports/stored_comparison.h"

#include <gtest/gtest.h>

#include "core/metrics/random.h"
#include "reports/builtin.h"
#include "reports/report_writer.h"
#include "tests/support/paths.h"

namespace qbench::reports {
namespace {

/// 40 rounds round `median_ns`; round by round the machine is slower or faster for all cells of a run alike.
LaneRecord lane_at(double median_ns, std::uint64_t seed) {
  metrics::Random random(seed);
  LaneRecord lane;
  lane.runner.library_sha256 = std::string(64, 'c');
  for (int round = 0; round < 40; ++round) {
    const double moment = 1.0 + 0.02 * static_cast<double>(round % 7);
    const auto sample = static_cast<std::int64_t>(median_ns * moment * (1.0 + 0.002 * random.unit()));
    lane.blocks.push_back({round, 0, static_cast<double>(round), {sample}});
  }
  return lane;
}

CellRecord cell_of(const std::string& id, double median_ns, std::uint64_t seed) {
  CellRecord cell;
  cell.recipe_source = RecipeSource::kGiven;
  cell.id = cell.variant = id;
  cell.model = {.path = id, .sha256 = std::string(64, id.front()), .precision = "int8", .bytes = 1000};
  cell.lanes.push_back(lane_at(median_ns, seed));
  return cell;
}

/// Cells "ref" and "new" on a machine that is `speed` times as slow as another day; "new" is `slower` times itself.
StoredRun run_of(double speed, double slower, std::uint64_t seed) {
  StoredRun run;
  run.record.name = "night";
  run.record.created_utc = "2024-05-01T12:00:00Z";
  run.record.cells = {cell_of("ref", 1e6 * speed, seed), cell_of("new", 2e6 * speed * slower, seed + 1)};
  return run;
}

StoredComparison compare(const StoredRun& a, const StoredRun& b, const std::vector<std::string>& forced = {}) {
  return compare_stored(a, b, pair_cells(a.record, b.record), forced);
}

const SpeedUp& speed_of(const StoredComparison& stored, const std::string& cell) {
  for (const CellComparison& row : stored.comparison.cells) {
    if (row.id == cell) return *row.lanes.at(0).speed_up;
  }
  throw std::runtime_error("no cell " + cell);
}

TEST(StoredComparisonTest, ASharedCellCancelsTheMachinesDrift) {
  const StoredComparison stored = compare(run_of(1.0, 1.0, 1), run_of(1.04, 1.05, 11));
  const SpeedUp& speed = speed_of(stored, "new-candidate");
  EXPECT_EQ(speed.verdict, "SLOWER");
  EXPECT_NEAR(*speed.paired_ratio, 1.0 / 1.05, 0.003);
  EXPECT_NE(speed.advice.find("ratio to 'ref', which both runs share"), std::string::npos) << speed.advice;
}

TEST(StoredComparisonTest, DriftOfASharedMachineIsNoDifference) {
  const SpeedUp speed = speed_of(compare(run_of(1.0, 1.0, 1), run_of(1.04, 1.0, 11)), "new-candidate");
  EXPECT_NEAR(*speed.paired_ratio, 1.0, 0.003);
  EXPECT_EQ(speed.verdict, "EQUIVALENT");
}

TEST(StoredComparisonTest, TheMoreTheSharedCellChangedTheLessItsRatioIsTrusted) {
  const SpeedUp speed = speed_of(compare(run_of(1.0, 1.0, 1), run_of(1.3, 1.05, 11)), "new-candidate");
  EXPECT_EQ(speed.verdict, "INCONCLUSIVE");
  EXPECT_NE(speed.advice.find("one after the other, 6."), std::string::npos) << speed.advice;
}

TEST(StoredComparisonTest, WithoutASharedCellTheDriftIsAllowedFor) {
  StoredRun a = run_of(1.0, 1.0, 1);
  StoredRun b = run_of(1.06, 1.0, 11);
  b.record.cells[0].model.sha256 = std::string(64, '0');
  const SpeedUp speed = speed_of(compare(a, b), "new-candidate");
  EXPECT_EQ(speed.verdict, "INCONCLUSIVE");
  EXPECT_NE(speed.advice.find("10 % of drift"), std::string::npos) << speed.advice;
  EXPECT_NE(speed.advice.find("compare --live"), std::string::npos) << speed.advice;
  EXPECT_LT(speed.paired_interval->low, 1.0 / 1.06 / 1.09);
}

TEST(StoredComparisonTest, EachCandidateStandsBesideItsReference) {
  const StoredComparison stored = compare(run_of(1.0, 1.0, 1), run_of(1.0, 1.0, 11));
  ASSERT_EQ(stored.record.cells.size(), 4U);
  EXPECT_EQ(stored.record.cells[3].id, "new-candidate");
  EXPECT_EQ(stored.record.cells[3].baseline, "new-reference");
  EXPECT_TRUE(stored.comparison.cells[0].baseline);
  EXPECT_TRUE(stored.comparison.cells[1].baseline);
  EXPECT_EQ(stored.comparison.cells[3].against, "new-reference");
  EXPECT_EQ(stored.record.name, "night vs night");
}

TEST(StoredComparisonTest, NothingIsMadeOfRoundsThatWereNeverSideBySide) {
  const StoredComparison stored = compare(run_of(1.0, 1.0, 1), run_of(1.0, 1.0, 11));
  EXPECT_FALSE(speed_of(stored, "new-candidate").p_value);
  EXPECT_TRUE(stored.comparison.tradeoff.rows.empty());
  EXPECT_EQ(stored.comparison.judged_rows, 0U);
}

TEST(StoredComparisonTest, PredictionsAreComparedImageByImage) {
  StoredRun a = run_of(1.0, 1.0, 1);
  StoredRun b = run_of(1.0, 1.0, 11);
  for (StoredRun* run : {&a, &b}) {
    for (CellRecord& cell : run->record.cells) {
      cell.accuracy = AccuracyRecord{.images = 20, .correct = 20, .correct_top5 = 20};
      std::vector<Prediction> predictions(20);
      for (std::uint32_t i = 0; i < 20; ++i) predictions[i] = {.sample = i, .label = 1, .count = 1, .classes = {1}};
      run->predictions.push_back({cell.id, predictions});
    }
  }
  b.record.cells[1].accuracy->correct = 18;
  b.predictions[1].predictions[3].classes[0] = 2;
  b.predictions[1].predictions[7].classes[0] = 2;
  const StoredComparison stored = compare(a, b);
  EXPECT_TRUE(stored.comparison.cells[2].accuracy->paired->identical);
  EXPECT_EQ(stored.comparison.cells[3].accuracy->paired->right_to_wrong, 2);
}

TEST(StoredComparisonTest, WhatWasForcedStandsInTheNameAndTheWarnings) {
  const StoredComparison stored = compare(run_of(1.0, 1.0, 1), run_of(1.0, 1.0, 11), {"the CPU differs"});
  EXPECT_EQ(stored.record.name, "forced: night vs night");
  EXPECT_EQ(stored.record.warnings.at(0), "forced: the CPU differs");
}

TEST(StoredComparisonTest, ProgramsOfBothSidesAreKeptApart) {
  StoredRun a = run_of(1.0, 1.0, 1);
  StoredRun b = run_of(1.0, 1.0, 11);
  a.record.workers = {{"/bin/qbench-worker", std::string(64, '1'), "0.1.0", "", 1}};
  b.record.workers = {{"/bin/qbench-worker", std::string(64, '2'), "0.1.0", "", 1}};
  const StoredComparison stored = compare(a, b);
  ASSERT_EQ(stored.record.workers.size(), 2U);
  EXPECT_EQ(stored.record.worker_of(stored.record.cells[0])->sha256, std::string(64, '1'));
  EXPECT_EQ(stored.record.worker_of(stored.record.cells[3])->sha256, std::string(64, '2'));
}

/// An 8-bit cell of which one op stayed with the built-in kernels, `slower` times as slow on the other day.
StoredRun partly_accelerated(double slower, std::uint64_t seed) {
  StoredRun run = run_of(1.0, slower, seed);
  RunnerRecord& runner = run.record.cells[1].lanes[0].runner;
  runner.kernels = "xnnpack";
  runner.accelerated_parts = 2;
  runner.builtin_ops = {{"SOFTMAX", 1}};
  return run;
}

const std::vector<std::string>& causes_of(const StoredComparison& stored) {
  return stored.comparison.cells.back().lanes.at(0).causes;
}

TEST(StoredComparisonTest, CausesBelongToTheVerdictThatStands) {
  StoredRun a = partly_accelerated(1.0, 1);
  StoredRun b = partly_accelerated(1.035, 11);
  a.record.cells[0].model.sha256 = std::string(64, '0');  // no shared cell: 10 % of drift
  const StoredComparison open = compare(a, b);
  ASSERT_EQ(speed_of(open, "new-candidate").verdict, "INCONCLUSIVE");
  EXPECT_TRUE(causes_of(open).empty());
  const StoredComparison slow = compare(partly_accelerated(1.0, 1), partly_accelerated(1.05, 11));
  ASSERT_EQ(speed_of(slow, "new-candidate").verdict, "SLOWER");
  ASSERT_FALSE(causes_of(slow).empty());
  EXPECT_NE(causes_of(slow).front().find("partly accelerated"), std::string::npos);
}

TEST(StoredComparisonTest, EveryReportFormatShowsItAndItReadsBack) {
  const StoredComparison stored = compare(run_of(1.0, 1.0, 1), run_of(1.3, 1.05, 11), {"the CPU differs"});
  const testing::TemporaryFolder folder;
  const ReportInput input{.record = stored.record, .comparison = stored.comparison};
  for (const ReportFormat& format : report_formats()) write_report(format, input, folder.path());
  EXPECT_EQ(read_record(folder.path()).cells.size(), 4U);
}

}  // namespace
}  // namespace qbench::reports
