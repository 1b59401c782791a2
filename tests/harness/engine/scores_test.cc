// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

class ScoresTest : public ::testing::Test {
 protected:
  std::vector<Prediction> predictions_of(const std::vector<float>& scores, const ScoresLayout& layout,
                                         const std::vector<datasets::CacheEntry>& entries) {
    create_scores_file(path_, entries.size(), layout.outputs);
    std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary)
        .write(reinterpret_cast<const char*>(scores.data()), static_cast<std::streamsize>(scores.size() * 4));
    return read_predictions(path_, layout, entries);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "cell.f32";
};

TEST_F(ScoresTest, TheHighestScoreWinsAndTiesKeepTheLowestIndex) {
  const auto predictions = predictions_of({0.1F, 0.7F, 0.2F, 0.4F, 0.2F, 0.4F}, {.outputs = 3, .classes = 3},
                                          {{.label = 1, .ok = true}, {.label = 2, .ok = true}});
  ASSERT_EQ(predictions.size(), 2U);
  EXPECT_EQ(predictions[0].top1(), 1);
  EXPECT_TRUE(predictions[0].correct());
  EXPECT_EQ(predictions[1].top1(), 0);
  EXPECT_EQ(predictions[1].classes[1], 2);
  EXPECT_FALSE(predictions[1].correct());
}

TEST_F(ScoresTest, SkippedImagesHaveNoPrediction) {
  const auto predictions =
      predictions_of({0, 1, 9, 9, 1, 0}, {.outputs = 2, .classes = 2},
                     {{.label = 1, .ok = true}, {.label = 0, .ok = false}, {.label = 0, .ok = true}});
  ASSERT_EQ(predictions.size(), 2U);
  EXPECT_EQ(predictions[1].sample, 2U);
}

TEST_F(ScoresTest, ARowThatWasNeverWrittenIsNoPrediction) {
  const std::vector<datasets::CacheEntry> entries(2, {.label = 0, .ok = true});
  EXPECT_THROW((void)predictions_of({1, 0}, {.outputs = 2, .classes = 2}, entries), Error);
  const std::vector<float> zeros(3000, 0.0F);
  EXPECT_THROW((void)predictions_of(zeros, {.outputs = 3000, .classes = 3000}, entries), Error);
  EXPECT_EQ(predictions_of({0, 0, std::nanf(""), 0}, {.outputs = 2, .classes = 2}, entries).size(), 2U);
}

TEST_F(ScoresTest, ScoresBesideAnotherFileHaveANameOfTheirOwn) {
  std::ofstream(path_) << "old";
  const std::filesystem::path first = create_scores_beside(path_, 2, 2);
  const std::filesystem::path second = create_scores_beside(path_, 2, 2);
  EXPECT_NE(first, second);
  EXPECT_EQ(std::filesystem::file_size(path_), 3U);
  EXPECT_EQ(std::filesystem::file_size(first), 16U);
}

TEST_F(ScoresTest, TheDigestKnowsEveryPart) {
  Prediction one;
  one.count = 1;
  one.scores[0] = 0.5F;
  const std::string digest = predictions_digest({&one, 1});
  Prediction other = one;
  other.scores[0] = 0.25F;
  EXPECT_NE(predictions_digest({&other, 1}), digest);
  other = one;
  other.label = 1;
  EXPECT_NE(predictions_digest({&other, 1}), digest);
}

TEST_F(ScoresTest, TheLabelOffsetMovesClassesAndTheBackgroundIsNoClass) {
  const ScoresLayout layout{.outputs = 3, .classes = 2, .label_offset = 1};
  const auto predictions =
      predictions_of({0, 1, 0, 1, 0, 0}, layout, {{.label = 0, .ok = true}, {.label = 0, .ok = true}});
  EXPECT_TRUE(predictions[0].correct());
  EXPECT_EQ(predictions[1].top1(), -1);
  EXPECT_FALSE(predictions[1].correct());
}

TEST_F(ScoresTest, DivergenceLeavesOutWhatCouldNotBeRead) {
  const std::vector<datasets::CacheEntry> entries{
      {.label = 0, .ok = true}, {.label = 0, .ok = false}, {.label = 1, .ok = true}};
  const std::filesystem::path other = folder_.path() / "other.f32";
  (void)predictions_of({0.5F, 0.5F, 1.0F, 0.0F, 0.25F, 0.75F}, {.outputs = 2, .classes = 2}, entries);
  std::filesystem::copy_file(path_, other);
  (void)predictions_of({0.25F, 0.75F, 0.0F, 1.0F, 0.25F, 0.75F}, {.outputs = 2, .classes = 2}, entries);
  const DivergenceRecord divergence = score_divergence({.baseline = other, .variant = path_, .outputs = 2}, entries);
  EXPECT_EQ(divergence.images, 2);
  EXPECT_DOUBLE_EQ(divergence.max_difference, 0.25);
  EXPECT_NEAR(divergence.kl_mean, 0.5 * (0.5 * std::log(0.5 / 0.25) + 0.5 * std::log(0.5 / 0.75)), 1e-9);
}

TEST_F(ScoresTest, TiesThatDecideAreCountedWithTheirBounds) {
  // Seven classes; the labels' scores: alone on top, tied on top, tied across the fifth place, below it.
  const std::vector<float> scores{0.5F, 0.1F,  0.1F, 0.1F,  0.1F,  0.05F, 0.05F, 0.3F, 0.3F, 0.2F,
                                  0.1F, 0.05F, 0.0F, 0.05F, 0.25F, 0.2F,  0.2F,  0.2F, 0.1F, 0.1F,
                                  0.1F, 0.4F,  0.2F, 0.1F,  0.1F,  0.1F,  0.1F,  0.0F};
  (void)predictions_of(
      scores, {.outputs = 7, .classes = 7},
      {{.label = 0, .ok = true}, {.label = 1, .ok = true}, {.label = 6, .ok = true}, {.label = 6, .ok = true}});
  ScoreTies ties;
  const std::vector<datasets::CacheEntry> entries{
      {.label = 0, .ok = true}, {.label = 1, .ok = true}, {.label = 6, .ok = true}, {.label = 6, .ok = true}};
  (void)read_predictions(path_, {.outputs = 7, .classes = 7}, entries, &ties);
  EXPECT_EQ(ties.top1.images, 1);
  EXPECT_EQ(ties.top1.low, 1);
  EXPECT_EQ(ties.top1.high, 2);
  EXPECT_EQ(ties.top5.images, 3);
  EXPECT_EQ(ties.top5.low, 2);
  EXPECT_EQ(ties.top5.high, 3);
}

TEST_F(ScoresTest, NotANumberIsFlaggedAndWrong) {
  const auto predictions = predictions_of({std::numeric_limits<float>::quiet_NaN(), 1.0F}, {.outputs = 2, .classes = 2},
                                          {{.label = 1, .ok = true}});
  EXPECT_FALSE(predictions[0].finite);
  EXPECT_FALSE(predictions[0].correct());
  EXPECT_EQ(summarize(predictions, 2).non_finite, 1);
}

TEST_F(ScoresTest, TheSummaryCounts) {
  const auto predictions =
      predictions_of({1, 0, 0, 1, 1, 0}, {.outputs = 2, .classes = 2},
                     {{.label = 0, .ok = true}, {.label = 0, .ok = true}, {.label = 1, .ok = true}});
  const AccuracyRecord record = summarize(predictions, 2);
  EXPECT_EQ(record.images, 3);
  EXPECT_EQ(record.correct, 1);
  EXPECT_EQ(record.correct_top5, 3);
  EXPECT_EQ(record.per_class[0].images, 2);
  EXPECT_EQ(record.per_class[0].correct, 1);
  EXPECT_EQ(record.confusion[0][1], 1);
  EXPECT_EQ(record.confusion[1][0], 1);
  EXPECT_EQ(record.prediction_sha256.size(), 64U);
}

TEST_F(ScoresTest, ManyClassesKeepOnlyWhatIsNotZeroOfTheConfusion) {
  constexpr int kMany = 100'000;
  std::vector<Prediction> predictions(3);
  for (Prediction& prediction : predictions) prediction = {.label = 99'999, .count = 1, .classes = {7}};
  predictions[2].classes[0] = 99'999;
  const AccuracyRecord record = summarize(predictions, kMany);
  EXPECT_TRUE(record.confusion.empty());
  ASSERT_EQ(record.confused.size(), 2U);
  EXPECT_EQ(record.confused[0].predicted, 7);
  EXPECT_EQ(record.confused[0].images, 2);
  EXPECT_EQ(record.confused[1].truth, 99'999);
  EXPECT_EQ(record.per_class.size(), static_cast<std::size_t>(kMany));
}

TEST_F(ScoresTest, TheThresholdIsFoundWhicheverClassComesFirst) {
  // Scores of the second class: 0.6 and 0.7 of the first, 0.8 of the second.
  const auto predictions = predictions_of(
      {0.4F, 0.6F, 0.3F, 0.7F, 0.2F, 0.8F, 0.9F, 0.1F}, {.outputs = 2, .classes = 2},
      {{.label = 0, .ok = true}, {.label = 0, .ok = true}, {.label = 1, .ok = true}, {.label = 0, .ok = true}});
  const ThresholdRecord threshold = calibrate_threshold(predictions);
  EXPECT_EQ(threshold.correct, 4);
  EXPECT_NEAR(threshold.best, 0.75, 1e-6);
}

TEST_F(ScoresTest, AFileThatIsTooShortIsAnError) {
  create_scores_file(path_, 1, 2);
  const std::vector<datasets::CacheEntry> entries(5, {.label = 0, .ok = true});
  EXPECT_THROW((void)read_predictions(path_, {.outputs = 2, .classes = 2}, entries), Error);
}

}  // namespace
}  // namespace qbench::engine
