// SPDX-License-Identifier: Apache-2.0
#include "reports/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

/// A lane with one sample in each round.
LaneRecord lane_of(int batch, const std::vector<std::int64_t>& samples_ns) {
  LaneRecord lane;
  lane.batch = batch;
  for (std::size_t i = 0; i < samples_ns.size(); ++i) {
    lane.blocks.push_back({static_cast<int>(i), 0, static_cast<double>(i), {samples_ns[i]}});
  }
  return lane;
}

CellRecord cell_of(const std::string& variant, std::vector<LaneRecord> lanes) {
  CellRecord cell;
  cell.recipe_source = RecipeSource::kGiven;
  cell.id = variant + "-id";
  cell.variant = variant;
  cell.lanes = std::move(lanes);
  return cell;
}

Record record_of(std::vector<CellRecord> cells) {
  Record record;
  record.cells = std::move(cells);
  return record;
}

AccuracyRecord accuracy_of(std::int64_t correct, std::int64_t images) {
  AccuracyRecord accuracy;
  accuracy.images = images;
  accuracy.correct = correct;
  return accuracy;
}

Prediction prediction_of(std::uint32_t sample, int label, int predicted) {
  Prediction prediction;
  prediction.sample = sample;
  prediction.label = label;
  prediction.count = 1;
  prediction.classes[0] = predicted;
  return prediction;
}

TEST(ComparisonTest, EmptyRecordGivesAnEmptyComparison) {
  const Comparison comparison = compare_cells(Record{});
  EXPECT_TRUE(comparison.cells.empty());
  EXPECT_TRUE(comparison.baseline.empty());
}

TEST(ComparisonTest, SpeedUpIsTheRatioOfTheMedians) {
  const Record record =
      record_of({cell_of("a", {lane_of(1, {300, 400, 500})}), cell_of("b", {lane_of(1, {100, 200, 900})})});
  const Comparison comparison = compare_cells(record);
  EXPECT_FALSE(comparison.cells[0].lanes[0].speed_up);
  ASSERT_TRUE(comparison.cells[1].lanes[0].speed_up);
  EXPECT_DOUBLE_EQ(comparison.cells[1].lanes[0].speed_up->ratio, 2.0);
}

TEST(ComparisonTest, RoundsArePairedByTheirNumber) {
  Record record = record_of({cell_of("a", {lane_of(1, {200, 400, 800})}), cell_of("b", {lane_of(1, {400, 100})})});
  record.cells[1].lanes[0].blocks[0].round = 1;  // 400 against 400
  record.cells[1].lanes[0].blocks[1].round = 2;  // 100 against 800
  const auto speed_up = compare_cells(record).cells[1].lanes[0].speed_up;
  EXPECT_EQ(speed_up->rounds, 2);
  EXPECT_NEAR(*speed_up->paired_ratio, std::sqrt(8.0), 1e-12);
  EXPECT_EQ(speed_up->verdict, "INSUFFICIENT");
  EXPECT_FALSE(speed_up->paired_interval);
}

TEST(ComparisonTest, ManyPairedRoundsGiveAVerdictWithAnInterval) {
  const Comparison comparison = compare_cells(testing::sample_record());
  const auto& speed_up = comparison.cells[1].lanes[0].speed_up;
  EXPECT_EQ(speed_up->verdict, "FASTER");
  EXPECT_EQ(speed_up->rounds, 40);
  ASSERT_TRUE(speed_up->paired_interval);
  EXPECT_LT(speed_up->paired_interval->low, 2.4);
  EXPECT_GT(speed_up->paired_interval->high, 2.4);
}

TEST(ComparisonTest, SwappingTheCellsInvertsTheInterval) {
  Record record = testing::sample_record();
  const SpeedUp forward = *compare_cells(record).cells[1].lanes[0].speed_up;
  std::swap(record.cells[0], record.cells[1]);
  const SpeedUp backward = *compare_cells(record).cells[1].lanes[0].speed_up;
  EXPECT_NEAR(forward.paired_interval->low * backward.paired_interval->high, 1.0, 1e-12);
  EXPECT_NEAR(*forward.paired_ratio * *backward.paired_ratio, 1.0, 1e-12);
  EXPECT_EQ(backward.verdict, "SLOWER");
}

TEST(ComparisonTest, IdenticalWorkIsEquivalent) {
  const CellRecord cell = testing::sample_record().cells[0];
  CellRecord copy = cell;
  copy.id = copy.variant = "copy";
  const auto comparison = compare_cells(record_of({cell, copy}));
  EXPECT_EQ(comparison.cells[1].lanes[0].speed_up->verdict, "EQUIVALENT");
}

TEST(ComparisonTest, PerImageTimeAtABatchIsComparedWithBatchOne) {
  const Comparison comparison = compare_cells(record_of({cell_of("a", {lane_of(1, {1000}), lane_of(64, {32000})})}));
  EXPECT_DOUBLE_EQ(*comparison.cells[0].lanes[1].per_image_ms, 0.0005);
  EXPECT_DOUBLE_EQ(*comparison.cells[0].lanes[1].per_image_vs_batch_1, 0.5);
  EXPECT_FALSE(comparison.cells[0].lanes[0].per_image_vs_batch_1);
}

TEST(ComparisonTest, PercentilesNeedEnoughSamples) {
  const auto latency_with = [](std::size_t samples) {
    return *compare_cells(record_of({cell_of("a", {lane_of(1, std::vector<std::int64_t>(samples, 1000))})}))
                .cells[0]
                .lanes[0]
                .latency;
  };
  EXPECT_FALSE(latency_with(63).p90_ms);
  EXPECT_TRUE(latency_with(64).p90_ms);
  EXPECT_FALSE(latency_with(129).p95_ms);
  EXPECT_TRUE(latency_with(130).p95_ms);
  EXPECT_FALSE(latency_with(661).p99_ms);
  EXPECT_TRUE(latency_with(662).p99_ms);
}

TEST(ComparisonTest, FailedCellsStayAsRowsWithTheirReason) {
  const Comparison comparison = compare_cells(testing::sample_record());
  ASSERT_EQ(comparison.cells.size(), 6U);
  EXPECT_EQ(comparison.cells[3].outcome.status, Status::kCrashed);
  EXPECT_FALSE(comparison.cells[3].lanes[0].latency);
  EXPECT_EQ(comparison.cells[3].lanes[0].no_speed_up, "no timed invoke");
  EXPECT_EQ(comparison.cells[4].outcome.reason, "needs an Edge TPU delegate");
}

TEST(ComparisonTest, FailedBaselineGivesNoRatiosAndSaysSo) {
  Record record = testing::sample_record();
  std::swap(record.cells[0], record.cells[3]);
  const Comparison comparison = compare_cells(record);
  EXPECT_NE(comparison.baseline_problem.find("crashed"), std::string::npos);
  EXPECT_FALSE(comparison.cells[1].lanes[0].speed_up);
  EXPECT_NE(comparison.cells[1].lanes[0].no_speed_up.find("dynamic"), std::string::npos);
  EXPECT_TRUE(comparison.cells[1].lanes[0].latency);
}

TEST(ComparisonTest, BatchThatTheBaselineLacksHasNoSpeedUp) {
  const Record record =
      record_of({cell_of("a", {lane_of(1, {300})}), cell_of("b", {lane_of(1, {100}), lane_of(8, {400})})});
  const CellComparison cell = compare_cells(record).cells[1];
  EXPECT_TRUE(cell.lane(1)->speed_up);
  EXPECT_FALSE(cell.lane(8)->speed_up);
  EXPECT_NE(cell.lane(8)->no_speed_up.find("was not asked"), std::string::npos);
}

TEST(ComparisonTest, SizesAreRatiosAndMemoryADifference) {
  Record record = record_of({cell_of("a", {lane_of(1, {300})}), cell_of("b", {lane_of(1, {100})})});
  record.cells[0].model.bytes = 400;
  record.cells[1].model.bytes = 100;
  record.cells[0].lanes[0].memory.peak_load = 5000;
  record.cells[1].lanes[0].memory.peak_steady = 3000;
  const Comparison comparison = compare_cells(record);
  EXPECT_DOUBLE_EQ(*comparison.cells[1].size_ratio, 0.25);
  EXPECT_FALSE(comparison.cells[1].zstd_ratio);
  EXPECT_EQ(*comparison.cells[1].lanes[0].peak_rss_delta_bytes, -2000);
}

TEST(ComparisonTest, LabelIsTheIdWhereVariantsRepeat) {
  Record record = record_of({cell_of("a", {}), cell_of("a", {}), cell_of("b", {})});
  record.cells[1].id = "other-id";
  const Comparison comparison = compare_cells(record);
  EXPECT_EQ(comparison.cells[0].label, "a-id");
  EXPECT_EQ(comparison.cells[1].label, "other-id");
  EXPECT_EQ(comparison.cells[2].label, "b");
}

TEST(ComparisonTest, AccuracyDifferenceIsInPoints) {
  Record record = record_of({cell_of("a", {}), cell_of("b", {})});
  record.cells[0].accuracy = accuracy_of(90, 100);
  record.cells[1].accuracy = accuracy_of(88, 100);
  const Comparison comparison = compare_cells(record);
  EXPECT_FALSE(comparison.cells[0].accuracy->delta_points);
  EXPECT_NEAR(*comparison.cells[1].accuracy->delta_points, -2.0, 1e-12);
  EXPECT_FALSE(comparison.cells[1].accuracy->paired);
  EXPECT_FALSE(comparison.cells[1].accuracy->no_pairing.empty());
}

TEST(ComparisonTest, PredictionsOfTheSameImagesArePaired) {
  const auto predictions = testing::sample_predictions();
  const auto paired = compare_cells(testing::sample_record(), predictions).cells[1].accuracy->paired;
  ASSERT_TRUE(paired);
  EXPECT_EQ(paired->images, 200);
  EXPECT_EQ(paired->right_to_wrong, 4);
  EXPECT_EQ(paired->wrong_to_right, 1);
  EXPECT_EQ(paired->changed, 5);
  EXPECT_NEAR(paired->delta_points, -1.5, 1e-12);
  EXPECT_LT(paired->delta_interval_points.low, -1.5);
  EXPECT_GT(paired->delta_interval_points.high, -1.5);
  EXPECT_NEAR(paired->mcnemar_p, 0.375, 1e-12);  // 2 * (1 + 5) / 2^5
  EXPECT_EQ(paired->within_margin, "cannot tell");
  EXPECT_GT(*paired->images_needed, 0);
}

TEST(ComparisonTest, OrderOfThePredictionsDoesNotMatter) {
  auto predictions = testing::sample_predictions();
  std::ranges::reverse(predictions[1].predictions);
  const auto paired = compare_cells(testing::sample_record(), predictions).cells[1].accuracy->paired;
  EXPECT_EQ(paired->right_to_wrong, 4);
  EXPECT_EQ(paired->wrong_to_right, 1);
}

TEST(ComparisonTest, OnlyCommonImagesArePaired) {
  Record record = record_of({cell_of("a", {}), cell_of("b", {})});
  record.cells[0].accuracy = accuracy_of(2, 3);
  record.cells[1].accuracy = accuracy_of(1, 2);
  const std::vector<CellPredictions> predictions{
      {"a-id", {prediction_of(0, 1, 1), prediction_of(1, 1, 1), prediction_of(2, 1, 0)}},
      {"b-id", {prediction_of(1, 1, 0), prediction_of(2, 1, 1)}}};
  const AccuracyColumns accuracy = *compare_cells(record, predictions).cells[1].accuracy;
  EXPECT_EQ(accuracy.paired->images, 2);
  EXPECT_EQ(accuracy.paired->right_to_wrong, 1);
  EXPECT_EQ(accuracy.paired->wrong_to_right, 1);
  EXPECT_DOUBLE_EQ(*accuracy.delta_points, 0.0);
}

TEST(ComparisonTest, DifferentLabelsAreNotPaired) {
  Record record = record_of({cell_of("a", {}), cell_of("b", {})});
  record.cells[0].accuracy = record.cells[1].accuracy = accuracy_of(1, 1);
  const std::vector<CellPredictions> predictions{{"a-id", {prediction_of(0, 1, 1)}},
                                                 {"b-id", {prediction_of(0, 2, 2)}}};
  const AccuracyColumns accuracy = *compare_cells(record, predictions).cells[1].accuracy;
  EXPECT_FALSE(accuracy.paired);
  EXPECT_NE(accuracy.no_pairing.find("labels"), std::string::npos);
}

TEST(ComparisonTest, NonFiniteScoresCountAsWrong) {
  Record record = record_of({cell_of("a", {}), cell_of("b", {})});
  record.cells[0].accuracy = accuracy_of(1, 1);
  record.cells[1].accuracy = accuracy_of(0, 1);
  Prediction broken = prediction_of(0, 1, 1);
  broken.finite = false;
  const std::vector<CellPredictions> predictions{{"a-id", {prediction_of(0, 1, 1)}}, {"b-id", {broken}}};
  EXPECT_EQ(compare_cells(record, predictions).cells[1].accuracy->paired->right_to_wrong, 1);
}

TEST(ComparisonTest, EqualHashesNeedNoPredictions) {
  Record record = record_of({cell_of("a", {}), cell_of("b", {})});
  record.cells[0].accuracy = record.cells[1].accuracy = accuracy_of(950, 1000);
  record.cells[0].accuracy->prediction_sha256 = record.cells[1].accuracy->prediction_sha256 = "same";
  const auto paired = compare_cells(record).cells[1].accuracy->paired;
  ASSERT_TRUE(paired);
  EXPECT_TRUE(paired->identical);
  EXPECT_EQ(paired->changed, 0);
  EXPECT_DOUBLE_EQ(paired->mcnemar_p, 1.0);
}

TEST(ComparisonTest, DriftIsFlaggedAndNothingElseIs) {
  std::vector<std::int64_t> rising;
  for (int i = 0; i < 40; ++i) rising.push_back(100000 + 500 * i);
  const Comparison comparison = compare_cells(record_of({cell_of("a", {lane_of(1, rising)})}));
  ASSERT_FALSE(comparison.cells[0].lanes[0].flags.empty());
  EXPECT_NE(comparison.cells[0].lanes[0].flags[0].find("drift"), std::string::npos);
  const Comparison steady = compare_cells(testing::sample_record());
  EXPECT_TRUE(steady.cells[0].lanes[0].flags.empty());
}

TEST(ComparisonTest, ACellIsSetBesideTheBaselineThatItNames) {
  Record record = testing::sample_record();
  record.cells.resize(2);
  CellRecord copy = record.cells[1];
  copy.id = "int8-candidate";
  copy.baseline = record.cells[1].id;
  record.cells[1].baseline = record.cells[1].id;
  record.cells.push_back(copy);
  const Comparison comparison = compare_cells(record);
  EXPECT_TRUE(comparison.cells[0].baseline);
  EXPECT_TRUE(comparison.cells[1].baseline);
  EXPECT_FALSE(comparison.cells[1].lanes[0].speed_up);
  EXPECT_FALSE(comparison.cells[2].baseline);
  EXPECT_EQ(comparison.cells[2].against, record.cells[1].id);
  EXPECT_DOUBLE_EQ(*comparison.cells[2].size_ratio, 1.0);
  EXPECT_DOUBLE_EQ(comparison.cells[2].lanes[0].speed_up->ratio, 1.0);
}

TEST(ComparisonTest, PValuesAreAdjustedForAllRows) {
  const auto predictions = testing::sample_predictions();
  const Comparison comparison = compare_cells(testing::sample_record(), predictions);
  std::size_t rows = 0;
  for (const CellComparison& cell : comparison.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      if (!lane.speed_up || !lane.speed_up->p_value) continue;
      ++rows;
      EXPECT_GE(*lane.speed_up->p_holm, *lane.speed_up->p_value);
    }
    if (!cell.accuracy || !cell.accuracy->paired) continue;
    ++rows;
    EXPECT_GE(cell.accuracy->paired->mcnemar_p_holm, cell.accuracy->paired->mcnemar_p);
  }
  EXPECT_GE(rows, 3U);
  EXPECT_EQ(comparison.judged_rows, rows);
}

TEST(ComparisonTest, PValuesCountForAllLooksAsIntervalsDo) {
  const Record record = testing::sample_record();
  ComparisonSettings settings;
  const Comparison one = compare_cells(record, {}, settings);
  settings.latency.looks = 3;
  const Comparison three = compare_cells(record, {}, settings);
  const SpeedUp& of_one = *one.cells[2].lanes[0].speed_up;
  const SpeedUp& of_three = *three.cells[2].lanes[0].speed_up;
  ASSERT_LT(*of_one.p_value, 0.3);
  EXPECT_DOUBLE_EQ(*of_three.p_value, 3.0 * *of_one.p_value);
  EXPECT_DOUBLE_EQ(of_three.confidence, 1.0 - 0.01 / 3.0);
  EXPECT_GE(*of_three.p_holm, *of_three.p_value);
}

TEST(ComparisonTest, TheScoresAreOnlySaidToDifferFromThoseOfTheCellBeside) {
  Record record = testing::sample_record();
  record.cells[1].accuracy->divergence = DivergenceRecord{.against = record.cells[0].id, .images = 200, .kl_mean = 0.5};
  EXPECT_DOUBLE_EQ(compare_cells(record).cells[1].accuracy->divergence->kl_mean, 0.5);
  record.cells[1].accuracy->divergence->against = "a cell of another run";
  EXPECT_FALSE(compare_cells(record).cells[1].accuracy->divergence);
}

}  // namespace
}  // namespace qbench::reports
