// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/latency_stats.h"

#include <cmath>
#include <numeric>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

std::vector<double> one_to(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(LatencyStatsTest, SummarisesEverySample) {
  const auto summary = summarize_latencies(one_to(1001));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->count, 1001U);
  EXPECT_EQ(summary->min, 1.0);
  EXPECT_EQ(summary->max, 1001.0);
  EXPECT_EQ(summary->mean, 501.0);
  EXPECT_EQ(summary->p50, 501.0);
  EXPECT_NEAR(summary->p90.value(), 901.0, 1e-9);
  EXPECT_NEAR(summary->p95.value(), 951.0, 1e-9);
  EXPECT_NEAR(summary->p99.value(), 991.0, 1e-9);
  EXPECT_FALSE(summary->p999);
  EXPECT_EQ(summary->mad, 250.0);
  EXPECT_NEAR(summary->robust_sd, 250.0 * 1.4826022185056018, 1e-9);
}

TEST(LatencyStatsTest, PercentilesAppearExactlyWhereTheRuleAllows) {
  EXPECT_FALSE(summarize_latencies(one_to(63))->p90);
  EXPECT_TRUE(summarize_latencies(one_to(64))->p90);
  EXPECT_FALSE(summarize_latencies(one_to(129))->p95);
  EXPECT_TRUE(summarize_latencies(one_to(130))->p95);
  EXPECT_FALSE(summarize_latencies(one_to(661))->p99);
  EXPECT_TRUE(summarize_latencies(one_to(662))->p99);
  EXPECT_FALSE(summarize_latencies(one_to(6635))->p999);
  EXPECT_TRUE(summarize_latencies(one_to(6636))->p999);
}

TEST(LatencyStatsTest, SamplesForPercentileEqualCountingUp) {
  for (const nlohmann::json& row : frozen("percentiles/needed")) {
    EXPECT_EQ(samples_for_percentile(row.at("p")), row.at("samples").get<std::size_t>()) << row;
  }
}

TEST(LatencyStatsTest, UpperBoundEqualsFrozenValues) {
  for (const nlohmann::json& row : frozen("percentiles/bounds")) {
    EXPECT_EQ(percentile_upper_bound(doubles(row.at("values")), row.at("p")), row.at("bound").get<double>());
  }
  EXPECT_FALSE(percentile_upper_bound(one_to(63), 0.9));
}

TEST(LatencyStatsTest, IntervalEnclosesThePercentile) {
  const auto interval = percentile_interval(one_to(1001), 0.9);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, 901.0);
  EXPECT_GT(interval->high, 901.0);
  EXPECT_FALSE(percentile_interval(one_to(20), 0.99));
  EXPECT_FALSE(percentile_interval({}, 0.5));
}

TEST(LatencyStatsTest, OneSampleIsItsOwnSummary) {
  const auto summary = summarize_latencies(std::vector{4.0});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->p50, 4.0);
  EXPECT_EQ(summary->mean, 4.0);
  EXPECT_EQ(summary->mad, 0.0);
  EXPECT_FALSE(summary->p90);
}

TEST(LatencyStatsTest, NothingHasNoSummary) { EXPECT_FALSE(summarize_latencies({})); }

TEST(LatencyStatsTest, ImpossibleLatenciesAreRefused) {
  EXPECT_EQ(usage_error([] { (void)summarize_latencies(std::vector{1.0, -0.5}); }), "latencies: -0.5 is negative");
  usage_error([] { (void)summarize_latencies(std::vector{1.0, std::nan("")}); });
  usage_error([] { (void)samples_for_percentile(1.0); });
  usage_error([] { (void)percentile_interval(std::vector{1.0}, 1.5); });
}

}  // namespace
}  // namespace qbench::metrics
