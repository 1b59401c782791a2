// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/divergence.h"

#include <cmath>
#include <limits>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(DivergenceTest, EqualsFrozenValues) {
  const nlohmann::json fixture = frozen("divergence");
  const Divergence result = compare_scores(floats(fixture.at("a")), floats(fixture.at("b")), fixture.at("classes"));
  EXPECT_EQ(result.kind_a, ScoreKind::kLogits);
  EXPECT_EQ(result.rows, 50U);
  expect_close(result.kl_mean, fixture.at("kl_mean"));
  expect_close(result.kl_p99, fixture.at("kl_p99"));
  expect_close(result.max_abs_difference, fixture.at("max_abs"));
  expect_close(result.cosine_mean, fixture.at("cosine_mean"));
  expect_close(kl_divergence(doubles(fixture.at("sparse_p")), doubles(fixture.at("sparse_q"))),
               fixture.at("sparse_kl"));
}

TEST(DivergenceTest, EqualScoresDoNotDiverge) {
  const std::vector<float> scores{0.7F, 0.2F, 0.1F, 0.0F, 1.0F, 0.0F};
  const Divergence result = compare_scores(scores, scores, 3);
  EXPECT_EQ(result.kl_mean, 0.0);
  EXPECT_EQ(result.kl_p99, 0.0);
  EXPECT_EQ(result.max_abs_difference, 0.0);
  EXPECT_NEAR(result.cosine_mean, 1.0, 1e-12);
}

TEST(DivergenceTest, IsNeverNegativeAndGrowsWithTheDifference) {
  const std::vector<double> p{0.6, 0.3, 0.1};
  double before = 0.0;
  for (double moved = 0.05; moved < 0.6; moved += 0.05) {
    const double divergence = kl_divergence(p, std::vector{0.6 - moved, 0.3 + moved, 0.1});
    EXPECT_GT(divergence, before);
    before = divergence;
  }
}

TEST(DivergenceTest, TellsProbabilitiesFromLogits) {
  EXPECT_EQ(score_kind(std::vector<float>{0.5F, 0.5F, 0.9F, 0.1F}, 2), ScoreKind::kProbabilities);
  EXPECT_EQ(score_kind(std::vector<float>{0.496F, 0.496F}, 2), ScoreKind::kProbabilities);
  EXPECT_EQ(score_kind(std::vector<float>{-0.5F, 1.5F}, 2), ScoreKind::kLogits);
  EXPECT_EQ(score_kind(std::vector<float>{0.9F, 0.9F, 0.9F, 0.9F}, 4), ScoreKind::kLogits);
  EXPECT_EQ(score_kind(std::vector<float>{12.0F, 3.0F}, 2), ScoreKind::kLogits);
}

TEST(DivergenceTest, LogitsShiftedByAConstantAreTheSamePrediction) {
  const std::vector<float> a{1.0F, 5.0F, -2.0F};
  const std::vector<float> b{11.0F, 15.0F, 8.0F};
  const Divergence result = compare_scores(a, b, 3);
  EXPECT_NEAR(result.kl_mean, 0.0, 1e-12);
  EXPECT_EQ(result.max_abs_difference, 10.0);
}

TEST(DivergenceTest, RowsWithoutNumbersAreLeftOutAndCounted) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> a{0.5F, 0.5F, 0.9F, 0.1F};
  const Divergence part = compare_scores(a, std::vector<float>{nan, 0.5F, 0.9F, 0.1F}, 2);
  EXPECT_EQ(part.rows, 1U);
  EXPECT_EQ(part.rows_not_finite, 1U);
  EXPECT_EQ(part.kl_mean, 0.0);
  const Divergence none = compare_scores(a, std::vector<float>(4, nan), 2);
  EXPECT_EQ(none.rows, 0U);
  EXPECT_EQ(none.rows_not_finite, 2U);
}

TEST(DivergenceTest, AllZeroRowsHaveACosine) {
  const std::vector<float> zeros(3, 0.0F);
  EXPECT_EQ(compare_scores(zeros, zeros, 3).cosine_mean, 1.0);
  EXPECT_EQ(compare_scores(zeros, std::vector<float>{1.0F, 0.0F, 0.0F}, 3).cosine_mean, 0.0);
}

TEST(DivergenceTest, SizesThatDoNotFitAreRefused) {
  const std::vector<float> four(4, 0.25F);
  EXPECT_EQ(usage_error([&] { (void)compare_scores(four, four, 3); }), "4 scores are not rows of 3 classes");
  usage_error([&] { (void)compare_scores(four, std::vector<float>(8, 0.25F), 4); });
  usage_error([&] { (void)score_kind({}, 4); });
  usage_error([&] { (void)score_kind(four, 0); });
  usage_error([] { (void)kl_divergence(std::vector{1.0}, std::vector{0.5, 0.5}); });
}

/// What an output of this step makes of probabilities.
std::vector<float> rounded(const std::vector<float>& scores, float step) {
  std::vector<float> result;
  for (const float score : scores) result.push_back(step * std::round(score / step));
  return result;
}

/// One row of 1,001 probabilities, most of them below half a step of 1/256.
std::vector<float> many_classes() {
  std::vector<float> scores(1001);
  double sum = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += scores[i] = 1.0F / static_cast<float>(i + 1);
  for (float& score : scores) score = static_cast<float>(score / sum);
  return scores;
}

TEST(DivergenceTest, RoundingAloneIsNoDifference) {
  const std::vector<float> baseline = many_classes();
  for (const float step : {1.0F / 256, 1.0F / 32768}) {
    const Divergence result = compare_scores(baseline, rounded(baseline, step), baseline.size());
    EXPECT_EQ(result.step, step);
    EXPECT_NEAR(result.kl_mean, 0.0, 1e-9);
    EXPECT_GT(result.max_abs_difference, 0.0);
  }
}

TEST(DivergenceTest, InStepsADifferenceIsSeenInItsSize) {
  // Two classes of ten change places; the others are below half a step.
  const std::vector<float> baseline{0.6F, 0.3F, 0.099F, 0.0002F, 0.0002F, 0.0002F, 0.0002F, 0.0001F, 0.0001F, 0.0F};
  const std::vector<float> other{0.5F, 0.4F, 0.099F, 0.0002F, 0.0002F, 0.0002F, 0.0002F, 0.0001F, 0.0001F, 0.0F};
  const double true_divergence = compare_scores(baseline, other, 10).kl_mean;
  EXPECT_NEAR(compare_scores(baseline, rounded(other, 1.0F / 256), 10).kl_mean, true_divergence,
              0.05 * true_divergence);
}

TEST(DivergenceTest, TheCoarserSideSetsTheStepWhicheverItIs) {
  const std::vector<float> fine{0.7F, 0.2F, 0.1F};
  const std::vector<float> coarse = rounded(fine, 1.0F / 256);
  EXPECT_EQ(compare_scores(fine, coarse, 3).step, 1.0 / 256);
  EXPECT_EQ(compare_scores(coarse, fine, 3).step, 1.0 / 256);
  EXPECT_EQ(compare_scores(rounded(fine, 1.0F / 32768), coarse, 3).step, 1.0 / 256);
  EXPECT_NEAR(compare_scores(coarse, fine, 3).kl_mean, 0.0, 1e-12);
}

TEST(DivergenceTest, ScoresWithoutStepsAreComparedAsTheyAre) {
  EXPECT_EQ(score_step(std::vector<float>{0.7F, 0.3F}, 2), 0.0);
  EXPECT_EQ(score_step(std::vector<float>{1.0F, 0.0F, 0.0F, 1.0F}, 2), 0.0);  // float scores that are this sure
  EXPECT_EQ(score_step(std::vector<float>{12.0F, -3.0F}, 2), 0.0);            // logits
  EXPECT_EQ(score_step(std::vector<float>{0.5F, 0.5F, 1.0F, 0.0F}, 2), 1.0 / 256);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(score_step(std::vector<float>{0.25F, 0.75F, nan, 0.3F}, 2), 0.0);
  EXPECT_EQ(score_step(std::vector<float>{0.25F, 0.75F, nan, 0.5F}, 2), 1.0 / 256);
}

TEST(DivergenceTest, LogitsMeetProbabilitiesInSteps) {
  const std::vector<float> logits{std::log(0.7F), std::log(0.2F), std::log(0.1F)};
  EXPECT_NEAR(compare_scores(logits, rounded({0.7F, 0.2F, 0.1F}, 1.0F / 256), 3).kl_mean, 0.0, 1e-9);
}

}  // namespace
}  // namespace qbench::metrics
