// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/topk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(TopkTest, TiesKeepLowestIndex) {
  const std::vector<float> scores{0.1F, 0.4F, 0.4F, 0.1F};
  EXPECT_EQ(argmax(scores), 1);
  EXPECT_EQ(top_k(scores, 4), (std::vector{1, 2, 0, 3}));
  EXPECT_EQ(rank_of(scores, 2), 1U);
  EXPECT_EQ(argmax(std::vector<float>(5, 0.2F)), 0);
}

TEST(TopkTest, NanComesLastAndIsNeverPredicted) {
  const std::vector<float> scores{kNan, -kInfinity, 0.5F, kNan};
  EXPECT_EQ(argmax(scores), 2);
  EXPECT_EQ(top_k(scores, 4), (std::vector{2, 1}));
  EXPECT_EQ(rank_of(scores, 1), 1U);
  EXPECT_EQ(rank_of(scores, 0), std::nullopt);
  EXPECT_FALSE(all_finite(scores));
  EXPECT_EQ(argmax(std::vector<float>(3, kNan)), kNoClass);
  EXPECT_EQ(argmax(std::vector<float>{kNan, -kInfinity}), 1);
}

TEST(TopkTest, InfinityWinsAndIsFlagged) {
  const std::vector<float> scores{1.0F, kInfinity};
  EXPECT_EQ(argmax(scores), 1);
  EXPECT_FALSE(all_finite(scores));
  EXPECT_TRUE(all_finite(std::vector<float>{1.0F, -3.0F}));
}

TEST(TopkTest, NothingPredictsNoClass) {
  EXPECT_EQ(argmax({}), kNoClass);
  EXPECT_TRUE(top_k({}, 5).empty());
  EXPECT_TRUE(top_k(std::vector<float>{1.0F}, 0).empty());
}

TEST(TopkTest, LabelOutsideTheClassesIsRefused) {
  const std::vector<float> scores{1.0F, 2.0F};
  EXPECT_EQ(usage_error([&] { (void)rank_of(scores, 2); }), "label 2 is outside the model's 2 classes");
  usage_error([&] { (void)rank_of(scores, -1); });
}

TEST(TopkTest, RankArgmaxAndOrderAgree) {
  Random random(3);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<float> scores(12);
    for (float& score : scores) score = random.below(10) == 0 ? kNan : static_cast<float>(random.below(5));
    const std::vector<int> order = top_k(scores, scores.size());
    EXPECT_EQ(argmax(scores), order.empty() ? kNoClass : order.front());
    for (int label = 0; label < 12; ++label) {
      const auto place = std::ranges::find(order, label);
      const std::optional<std::size_t> rank = rank_of(scores, label);
      ASSERT_EQ(rank.has_value(), place != order.end());
      if (rank) {
        EXPECT_EQ(*rank, static_cast<std::size_t>(place - order.begin()));
      }
    }
  }
}

TEST(TopkTest, MarginIsTheLeadOverTheSecond) {
  EXPECT_FLOAT_EQ(static_cast<float>(top_margin(std::vector<float>{0.2F, 0.7F, 0.1F}).value()), 0.5F);
  EXPECT_EQ(top_margin(std::vector<float>{0.5F, 0.5F}), 0.0);
  EXPECT_EQ(top_margin(std::vector<float>{0.5F, kNan}), std::nullopt);
  EXPECT_EQ(top_margin(std::vector<float>{kInfinity, kInfinity}), std::nullopt);
}

TEST(TopkTest, EqualScoresCrossAPlace) {
  const std::vector<float> scores{0.5F, 0.5F, 0.25F, 0.25F, 0.25F, 0.0F};
  EXPECT_TRUE(ties_cross(scores, 1));
  EXPECT_FALSE(ties_cross(scores, 2));
  EXPECT_TRUE(ties_cross(scores, 4));
  EXPECT_FALSE(ties_cross(scores, 5));
  EXPECT_FALSE(ties_cross(scores, 6));  // nothing behind it
}

TEST(TopkTest, ALabelStandsWithinItsEquals) {
  const std::vector<float> scores{0.5F, 0.25F, 0.5F, 0.25F, 0.25F};
  EXPECT_EQ(rank_range(scores, 2)->best, 0U);
  EXPECT_EQ(rank_range(scores, 2)->worst, 1U);
  EXPECT_EQ(rank_range(scores, 4)->best, 2U);
  EXPECT_EQ(rank_range(scores, 4)->worst, 4U);
  EXPECT_FALSE(rank_range(std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 1.0F}, 0));
}

}  // namespace
}  // namespace qbench::metrics
