// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/best_of.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/error.h"

namespace qbench::metrics {
namespace {

/// `right` of `images` right, the first ones.
std::vector<std::uint8_t> first_right(std::size_t right, std::size_t images = 48) {
  std::vector<std::uint8_t> hits(images, 0);
  std::fill_n(hits.begin(), right, std::uint8_t{1});
  return hits;
}

TEST(BestOfTest, NineFlipsToNoneAreClearAndEightAreNot) {
  EXPECT_TRUE(clearly_better(first_right(29), first_right(20)));  // p = 2 / 2^9
  EXPECT_FALSE(clearly_better(first_right(28), first_right(20)));
}

TEST(BestOfTest, TheWorseIsNeverClearlyBetter) { EXPECT_FALSE(clearly_better(first_right(5), first_right(40))); }

TEST(BestOfTest, MostImagesMustBeHigherAndEqualOnesTellNothing) {
  const std::vector<float> low(40, 0.5F);
  std::vector<float> high(40, 0.5F);
  std::fill_n(high.begin(), 8, 0.6F);
  EXPECT_FALSE(clearly_higher(high, low));
  high[8] = 0.6F;
  EXPECT_TRUE(clearly_higher(high, low));
  EXPECT_FALSE(clearly_higher(low, high));
}

TEST(BestOfTest, OtherNumbersOfImagesAreAMistakeOfTheCaller) {
  EXPECT_THROW((void)clearly_higher(std::vector<float>(3), std::vector<float>(4)), Error);
}

}  // namespace
}  // namespace qbench::metrics
