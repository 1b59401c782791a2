// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/intervals.h"

#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(IntervalsTest, ProportionsEqualFrozenValues) {
  for (const nlohmann::json& row : frozen("proportions")) {
    const std::size_t k = row.at("successes");
    const std::size_t n = row.at("trials");
    const double confidence = row.at("confidence");
    expect_close(wilson_interval(k, n, confidence), row.at("wilson"), row.dump());
    expect_close(clopper_pearson_interval(k, n, confidence), row.at("exact"), row.dump());
  }
}

TEST(IntervalsTest, ExactIntervalIsTakenForFewTrialsAndExtremeProportions) {
  EXPECT_EQ(proportion_interval(40, 99), clopper_pearson_interval(40, 99));
  EXPECT_EQ(proportion_interval(40, 100), wilson_interval(40, 100));
  EXPECT_EQ(proportion_interval(990, 1000), wilson_interval(990, 1000));
  EXPECT_EQ(proportion_interval(991, 1000), clopper_pearson_interval(991, 1000));
  EXPECT_EQ(proportion_interval(9, 1000), clopper_pearson_interval(9, 1000));
}

TEST(IntervalsTest, SwappingSuccessAndFailureMirrors) {
  for (const std::size_t k : {0UL, 3UL, 150UL, 299UL, 300UL}) {
    const Interval interval = proportion_interval(k, 300);
    const Interval mirrored = proportion_interval(300 - k, 300);
    EXPECT_NEAR(interval.low, 1.0 - mirrored.high, 1e-12);
    EXPECT_NEAR(interval.high, 1.0 - mirrored.low, 1e-12);
  }
}

TEST(IntervalsTest, WidenWithConfidenceAndRiseWithSuccesses) {
  Interval before = wilson_interval(0, 200, 0.95);
  for (std::size_t k = 1; k <= 200; ++k) {
    const Interval now = wilson_interval(k, 200, 0.95);
    EXPECT_GT(now.low, before.low);
    EXPECT_GE(now.high, before.high);
    EXPECT_GT(wilson_interval(k, 200, 0.99).half_width(), now.half_width());
    EXPECT_TRUE(now.contains(static_cast<double>(k) / 200.0));
    before = now;
  }
}

TEST(IntervalsTest, ImpossibleCountsAreRefused) {
  EXPECT_EQ(usage_error([] { (void)wilson_interval(3, 2); }), "3 successes in 2 trials");
  usage_error([] { (void)proportion_interval(0, 0); });
  usage_error([] { (void)clopper_pearson_interval(1, 2, 1.0); });
  usage_error([] { (void)order_statistic_ranks(10, 0.0, 0.9); });
}

TEST(IntervalsTest, RanksEqualThoseFoundByWalking) {
  for (const nlohmann::json& row : frozen("rank_pairs")) {
    const auto ranks = order_statistic_ranks(row.at("n"), row.at("p"), row.at("confidence"));
    ASSERT_TRUE(ranks) << row;
    EXPECT_EQ(ranks->low, row.at("low").get<std::size_t>()) << row;
    EXPECT_EQ(ranks->high, row.at("high").get<std::size_t>()) << row;
  }
}

TEST(IntervalsTest, RanksNeedEnoughValues) {
  EXPECT_FALSE(order_statistic_ranks(7, 0.5, 0.99));
  EXPECT_TRUE(order_statistic_ranks(8, 0.5, 0.99));
  EXPECT_FALSE(order_statistic_ranks(5, 0.5, 0.95));
  EXPECT_TRUE(order_statistic_ranks(6, 0.5, 0.95));
  EXPECT_FALSE(order_statistic_ranks(0, 0.5, 0.95));
  EXPECT_FALSE(order_statistic_ranks(300, 0.99, 0.99));
}

TEST(IntervalsTest, OrderStatisticIntervalCoversTheQuantile) {
  Random random(7);
  int covered = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values(100);
    for (double& value : values) value = random.unit();
    const auto interval = order_statistic_interval(sorted_copy(values), 0.9, 0.9);
    ASSERT_TRUE(interval);
    if (interval->contains(0.9)) ++covered;
  }
  // At least the nominal 90 %, but for chance of one in 10,000.
  EXPECT_GT(binomial_cdf(covered, kTrials, 0.9), 1e-4);
}

}  // namespace
}  // namespace qbench::metrics
