// SPDX-License-Identifier: Apache-2.0
#include "datasets/sample_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;

const std::vector<int> kLabels{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 7};

TEST(SampleOrderTest, NoLimitKeepsTheOrder) {
  EXPECT_THAT(select_samples({5, 3, 4}, 0, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(select_samples({5, 3, 4}, 3, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(select_samples({5, 3, 4}, 100, 1), ElementsAre(0, 1, 2));
}

TEST(SampleOrderTest, ClassesTakeTurnsWhileTheyLast) {
  std::vector<int> labels;
  for (const std::size_t i : select_samples(kLabels, 8, 1)) labels.push_back(kLabels[i]);
  EXPECT_THAT(labels, ElementsAre(0, 1, 7, 0, 1, 0, 1, 0));
}

TEST(SampleOrderTest, NoSampleIsTakenTwice) {
  const auto order = select_samples(kLabels, 10, 1);
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), 10U);
}

TEST(SampleOrderTest, SmallerLimitIsAPrefix) {
  const auto small = select_samples(kLabels, 4, 9);
  const auto large = select_samples(kLabels, 9, 9);
  EXPECT_TRUE(std::equal(small.begin(), small.end(), large.begin()));
}

TEST(SampleOrderTest, SeedDecides) {
  const std::vector<int> labels(1000, 0);
  EXPECT_EQ(select_samples(labels, 20, 1), select_samples(labels, 20, 1));
  EXPECT_NE(select_samples(labels, 20, 1), select_samples(labels, 20, 2));
}

TEST(SampleOrderTest, DrawIsTheSameOnEveryMachine) {
  EXPECT_THAT(select_samples(std::vector<int>(10, 0), 5, 1), ElementsAre(1, 7, 3, 9, 4));
}

}  // namespace
}  // namespace qbench::datasets
