// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/range_search.h"

#include <gtest/gtest.h>

#include <cmath>

namespace qbench::models {
namespace {

constexpr std::size_t kBins = 4096;

/// Uniform in [-1, 1], with one value of 100.
Histogram with_outlier(int values) {
  Histogram histogram = Histogram::over({-1.0F, 100.0F}, kBins);
  for (int i = 0; i < values; ++i) histogram.add(-1.0F + 2.0F * static_cast<float>(i) / static_cast<float>(values));
  histogram.add(100.0F);
  return histogram;
}

TEST(RangeSearchTest, CountsEveryValueInsideTheRange) {
  const Histogram histogram = with_outlier(10000);
  EXPECT_EQ(histogram.total(), 10001U);
  EXPECT_EQ(histogram.counts.back(), 1U);
}

TEST(RangeSearchTest, ASingleValueMakesASingleBin) {
  Histogram histogram = Histogram::over({3.0F, 3.0F}, kBins);
  histogram.add(3.0F);
  EXPECT_EQ(histogram.counts.size(), 1U);
  EXPECT_EQ(percentile_range(histogram, 99.99).max, 3.0F);
  EXPECT_EQ(least_error_range(histogram, ActivationType::kInt8), histogram.range);
}

TEST(RangeSearchTest, PercentileLeavesOutAnOutlier) {
  const Range range = percentile_range(with_outlier(100000), 99.9);
  EXPECT_LT(range.max, 1.1F);
  EXPECT_NEAR(range.min, -1.0F, 0.05F);
}

TEST(RangeSearchTest, LeastErrorClipsARareOutlier) {
  const Histogram histogram = with_outlier(1000000);
  EXPECT_LT(least_error_range(histogram, ActivationType::kInt8).max, 100.0F);
}

TEST(RangeSearchTest, LeastErrorKeepsAUniformRange) {
  Histogram histogram = Histogram::over({0.0F, 1.0F}, kBins);
  for (int i = 0; i < 100000; ++i) histogram.add(static_cast<float>(i) / 100000.0F);
  EXPECT_GT(least_error_range(histogram, ActivationType::kInt8).max, 0.97F);
}

TEST(RangeSearchTest, AddsHistograms) {
  Histogram sum = with_outlier(100);
  sum.add(with_outlier(100));
  EXPECT_EQ(sum.total(), 202U);
}

}  // namespace
}  // namespace qbench::models
