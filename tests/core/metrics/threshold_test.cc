// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/threshold.h"

#include <gtest/gtest.h>

#include <random>

namespace qbench::metrics {
namespace {

TEST(ThresholdTest, OneHalfIsKeptWhereNoOtherIsRightMoreOften) {
  const ThresholdChoice choice = best_threshold({{0.1F, false}, {0.2F, false}, {0.9F, true}});
  EXPECT_EQ(choice.threshold, 0.5);
  EXPECT_EQ(choice.correct, 3U);
}

TEST(ThresholdTest, TheBestLiesBetweenTheScoresBesideIt) {
  const ThresholdChoice choice = best_threshold({{0.5625F, false}, {0.625F, false}, {0.75F, true}, {0.9F, true}});
  EXPECT_DOUBLE_EQ(choice.threshold, 0.6875);
  EXPECT_EQ(choice.correct, 4U);
}

TEST(ThresholdTest, AScoreAtTheThresholdIsTheFirstClass) {
  EXPECT_EQ(best_threshold({{0.5F, false}, {0.75F, true}}).correct, 2U);
  EXPECT_EQ(best_threshold({{0.5F, false}, {0.75F, true}}).threshold, 0.5);
  const ThresholdChoice below = best_threshold({{0.25F, false}, {0.5F, true}});
  EXPECT_EQ(below.correct, 2U);
  EXPECT_DOUBLE_EQ(below.threshold, 0.375);
}

TEST(ThresholdTest, EqualScoresStayTogether) {
  const ThresholdChoice choice = best_threshold({{0.75F, true}, {0.75F, false}, {0.75F, false}});
  EXPECT_EQ(choice.correct, 2U);
  EXPECT_GE(choice.threshold, 0.75);
}

TEST(ThresholdTest, SaturatedScoresAndNoneAtAllAreNoTrouble) {
  EXPECT_EQ(best_threshold({{0.0F, false}, {1.0F, true}}).threshold, 0.5);
  EXPECT_EQ(best_threshold({{1.0F, false}, {1.0F, false}}).correct, 0U);
  EXPECT_EQ(best_threshold({}).correct, 0U);
}

TEST(ThresholdTest, NoThresholdOfAGridIsBetter) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<TwoClassAnswer> answers;
    for (int i = 0; i < 40; ++i) {
      const float score = uniform(random);
      answers.push_back({score, uniform(random) < score});
    }
    const auto right_at = [&answers](double threshold) {
      std::size_t right = 0;
      for (const TwoClassAnswer& answer : answers) right += (answer.second > threshold) == answer.is_second ? 1 : 0;
      return right;
    };
    const ThresholdChoice choice = best_threshold(answers);
    EXPECT_EQ(choice.correct, right_at(choice.threshold));
    for (int step = 0; step <= 1000; ++step) EXPECT_LE(right_at(step / 1000.0), choice.correct);
  }
}

}  // namespace
}  // namespace qbench::metrics
