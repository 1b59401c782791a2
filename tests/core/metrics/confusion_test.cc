// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/confusion.h"

#include "core/metrics/topk.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(ConfusionTest, CountsByTruthAndPrediction) {
  ConfusionMatrix matrix(3);
  matrix.add(0, 0);
  matrix.add(0, 2);
  matrix.add(0, 0);
  matrix.add(2, 1);
  EXPECT_EQ(matrix.count(0, 0), 2U);
  EXPECT_EQ(matrix.count(0, 2), 1U);
  EXPECT_EQ(matrix.count(2, 1), 1U);
  EXPECT_EQ(matrix.images(), 4U);
  EXPECT_EQ(matrix.correct(), 2U);
  EXPECT_EQ(matrix.images_of(0), 3U);
  const auto accuracy = matrix.per_class_accuracy();
  EXPECT_DOUBLE_EQ(accuracy[0].value(), 2.0 / 3.0);
  EXPECT_EQ(accuracy[1], std::nullopt);
  EXPECT_EQ(accuracy[2], 0.0);
}

TEST(ConfusionTest, NoPredictionIsWrongAndKeptApart) {
  ConfusionMatrix matrix(2);
  matrix.add(1, kNoClass);
  matrix.add(1, 7);
  matrix.add(1, 1);
  EXPECT_EQ(matrix.no_prediction(1), 2U);
  EXPECT_EQ(matrix.images_of(1), 3U);
  EXPECT_DOUBLE_EQ(matrix.per_class_accuracy()[1].value(), 1.0 / 3.0);
}

TEST(ConfusionTest, PartsAddUp) {
  ConfusionMatrix whole(2);
  ConfusionMatrix first(2);
  ConfusionMatrix second(2);
  for (int i = 0; i < 10; ++i) {
    whole.add(i % 2, i % 3 == 0 ? 0 : 1);
    (i < 4 ? first : second).add(i % 2, i % 3 == 0 ? 0 : 1);
  }
  first += second;
  for (std::size_t truth = 0; truth < 2; ++truth) {
    for (std::size_t predicted = 0; predicted < 2; ++predicted) {
      EXPECT_EQ(first.count(truth, predicted), whole.count(truth, predicted));
    }
  }
}

TEST(ConfusionTest, ImpossibleInputIsRefused) {
  usage_error([] { ConfusionMatrix matrix(0); });
  ConfusionMatrix two(2);
  EXPECT_EQ(usage_error([&] { two.add(2, 0); }), "label 2 is outside the 2 classes");
  usage_error([&] { two.add(-1, 0); });
  usage_error([&] { two += ConfusionMatrix(3); });
}

TEST(ConfusionTest, CountsTopOneAndTopFive) {
  ClassificationCounts counts;
  EXPECT_EQ(counts.top1_accuracy(), std::nullopt);
  counts.add(0);
  counts.add(4);
  counts.add(5);
  counts.add(std::nullopt);
  EXPECT_EQ(counts, (ClassificationCounts{.images = 4, .top1 = 1, .top5 = 2}));
  EXPECT_EQ(counts.top1_accuracy(), 0.25);
  EXPECT_EQ(counts.top5_accuracy(), 0.5);
  counts += counts;
  EXPECT_EQ(counts, (ClassificationCounts{.images = 8, .top1 = 2, .top5 = 4}));
}

}  // namespace
}  // namespace qbench::metrics
