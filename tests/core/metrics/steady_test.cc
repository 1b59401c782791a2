// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/steady.h"

#include <gtest/gtest.h>

#include <vector>

namespace qbench::metrics {
namespace {

TEST(SteadyTest, LevelSeriesIsSteadyFromTheStart) {
  const auto steady = find_steady(std::vector<double>{2.0, 2.01, 1.99, 2.0});
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->first, 0U);
  EXPECT_DOUBLE_EQ(steady->level, 2.0);
}

TEST(SteadyTest, HeatingUpEndsWhereTheLevelBegins) {
  const auto steady = find_steady(std::vector<double>{2.0, 2.2, 2.5, 2.98, 3.0, 3.01, 2.99, 3.0, 3.0});
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->first, 3U);
  EXPECT_DOUBLE_EQ(steady->level, 3.0);
}

TEST(SteadyTest, SeriesThatStillMovesIsNotSteady) {
  EXPECT_FALSE(find_steady(std::vector<double>{2.0, 2.2, 2.4, 2.6, 2.8, 3.0}));
  EXPECT_FALSE(find_steady(std::vector<double>{2.0, 3.0, 2.0, 3.0, 2.0, 3.0}));
}

TEST(SteadyTest, AnOutlierInTheMiddleStartsTheSteadyPartAnew) {
  const auto steady = find_steady(std::vector<double>{3.0, 3.0, 5.0, 3.0, 3.0, 3.0, 3.0});
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->first, 3U);
}

TEST(SteadyTest, FewWindowsTellNothing) {
  EXPECT_FALSE(find_steady(std::vector<double>{}));
  EXPECT_FALSE(find_steady(std::vector<double>{2.0, 2.0, 2.0}));
}

TEST(SteadyTest, ToleranceIsAShare) {
  const std::vector<double> medians{1.1, 1.0, 1.0, 1.0, 1.0};
  EXPECT_EQ(find_steady(medians)->first, 1U);
  EXPECT_EQ(find_steady(medians, 0.2)->first, 0U);
}

}  // namespace
}  // namespace qbench::metrics
