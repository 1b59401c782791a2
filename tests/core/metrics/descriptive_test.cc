// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/descriptive.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(DescriptiveTest, EqualsFrozenValues) {
  const nlohmann::json fixture = frozen("descriptive");
  for (const nlohmann::json& sample : fixture.at("samples")) {
    const std::vector<double> values = doubles(sample.at("values"));
    expect_close(mean(values), sample.at("mean"));
    expect_close(sample_variance(values), sample.at("sample_variance"));
    expect_close(median(values), sample.at("median"));
    expect_close(median_absolute_deviation(values), sample.at("mad"));
    expect_close(robust_sd(values), sample.at("robust_sd"));
    for (const nlohmann::json& quantile : sample.at("quantiles")) {
      expect_close(quantile_of_sorted(sorted_copy(values), quantile.at(0)), quantile.at(1), quantile.dump());
    }
  }
  EXPECT_EQ(mid_ranks(doubles(fixture.at("tied"))), doubles(fixture.at("tied_ranks")));
}

TEST(DescriptiveTest, LeavesItsInputAlone) {
  const std::vector<double> values{3.0, 1.0, 2.0};
  std::vector<double> copy = values;
  (void)median(copy);
  (void)median_absolute_deviation(copy);
  EXPECT_EQ(copy, values);
}

TEST(DescriptiveTest, ScalesWithItsInput) {
  const std::vector<double> values{5.0, 1.0, 4.0, 9.0};
  std::vector<double> scaled;
  for (const double value : values) scaled.push_back(3.0 * value + 7.0);
  expect_close(median(scaled), 3.0 * median(values) + 7.0);
  expect_close(robust_sd(scaled), 3.0 * robust_sd(values));
  expect_close(sample_variance(scaled), 9.0 * sample_variance(values));
}

TEST(DescriptiveTest, RefusesEmptyAndNonFiniteSamples) {
  const double nan = std::nan("");
  EXPECT_EQ(usage_error([] { (void)median({}); }), "median: 0 values given, at least 1 needed");
  EXPECT_EQ(usage_error([&] { (void)mean(std::vector{1.0, nan}); }), "mean: value 1 is nan");
  usage_error([] { (void)sample_variance({}); });
  usage_error([] { (void)robust_sd(std::vector{std::numeric_limits<double>::infinity()}); });
}

TEST(DescriptiveTest, RanksOfNothingAreNothing) { EXPECT_THAT(mid_ranks({}), testing::IsEmpty()); }

}  // namespace
}  // namespace qbench::metrics
