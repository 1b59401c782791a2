// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/location_tests.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

TEST(LocationTestsTest, OrderStatisticEqualsFrozenValues) {
  for (const nlohmann::json& sample : frozen("locations/samples")) {
    const std::vector<double> values = doubles(sample.at("values"));
    const auto result = order_statistic_estimate(values, 0.99);
    ASSERT_TRUE(result);
    expect_close(result->estimate, median(values));
    expect_close(result->p_value, sample.at("sign_p"));
    EXPECT_EQ(result->interval, order_statistic_interval(sorted_copy(values), 0.5, 0.99));
  }
}

TEST(LocationTestsTest, YuenEqualsFrozenValues) {
  for (const nlohmann::json& sample : frozen("locations/samples")) {
    const auto result = yuen_estimate(doubles(sample.at("values")), 0.99);
    ASSERT_TRUE(result);
    expect_close(result->estimate, sample.at("yuen").at("estimate"));
    expect_close(result->interval, sample.at("yuen"));
    expect_close(result->p_value, sample.at("yuen").at("p"));
  }
}

TEST(LocationTestsTest, SignedRankEqualsFrozenValues) {
  const nlohmann::json fixture = frozen("locations");
  for (const nlohmann::json& sample : fixture.at("samples")) {
    const auto result = signed_rank_estimate(doubles(sample.at("values")), 0.99);
    ASSERT_TRUE(result);
    expect_close(result->estimate, sample.at("hodges_lehmann"));
    expect_close(result->p_value, sample.at("wilcoxon_p"));
    if (sample.contains("signed_rank")) expect_close(result->interval, sample.at("signed_rank"));
  }
  const auto tied = signed_rank_estimate(doubles(fixture.at("tied")), 0.95);
  ASSERT_TRUE(tied);
  expect_close(tied->p_value, fixture.at("tied_wilcoxon_p"));
  EXPECT_EQ(tied->ties, 2U);
}

TEST(LocationTestsTest, NormalRangeContinuesTheExactOne) {
  Random random(5);
  std::vector<double> values(200);
  for (double& value : values) value = normal_draw(random);
  const auto exact = signed_rank_estimate(values, 0.99);
  values.push_back(exact->estimate);
  const auto approximate = signed_rank_estimate(values, 0.99);
  EXPECT_NEAR(exact->interval.low, approximate->interval.low, 0.01);
  EXPECT_NEAR(exact->interval.high, approximate->interval.high, 0.01);
}

TEST(LocationTestsTest, ChangingEverySignMirrors) {
  const std::vector<double> values = doubles(frozen("locations").at("samples").at(5).at("values"));
  for (const auto estimate : {order_statistic_estimate, yuen_estimate, signed_rank_estimate}) {
    const auto result = estimate(values, 0.99);
    const auto mirrored = estimate(negated(values), 0.99);
    EXPECT_NEAR(result->estimate, -mirrored->estimate, 1e-15);
    EXPECT_NEAR(result->interval.low, -mirrored->interval.high, 1e-15);
    EXPECT_NEAR(result->interval.high, -mirrored->interval.low, 1e-15);
    EXPECT_NEAR(result->p_value, mirrored->p_value, 1e-12);
  }
}

TEST(LocationTestsTest, ShiftingMovesTheInterval) {
  std::vector<double> values = doubles(frozen("locations").at("samples").at(5).at("values"));
  for (const auto estimate : {order_statistic_estimate, yuen_estimate, signed_rank_estimate}) {
    const auto before = estimate(values, 0.99);
    std::vector<double> shifted = values;
    for (double& value : shifted) value += 0.25;
    const auto after = estimate(shifted, 0.99);
    EXPECT_NEAR(after->estimate, before->estimate + 0.25, 1e-12);
    EXPECT_NEAR(after->interval.low, before->interval.low + 0.25, 1e-12);
    EXPECT_LT(after->p_value, before->p_value);
  }
}

TEST(LocationTestsTest, OrderOfTheRoundsDoesNotMatter) {
  std::vector<double> values = doubles(frozen("locations").at("samples").at(5).at("values"));
  const auto before = order_statistic_estimate(values, 0.99);
  std::ranges::reverse(values);
  EXPECT_EQ(order_statistic_estimate(values, 0.99)->interval, before->interval);
}

TEST(LocationTestsTest, AllEqualIsAPoint) {
  const std::vector<double> zeros(20, 0.0);
  const std::vector<double> ones(20, 1.0);
  for (const auto estimate : {order_statistic_estimate, yuen_estimate, signed_rank_estimate}) {
    const auto none = estimate(zeros, 0.99);
    EXPECT_EQ(none->interval, (Interval{0.0, 0.0}));
    EXPECT_EQ(none->p_value, 1.0);
    EXPECT_EQ(none->ties, 20U);
    const auto shifted = estimate(ones, 0.99);
    EXPECT_EQ(shifted->interval, (Interval{1.0, 1.0}));
    EXPECT_LT(shifted->p_value, 1e-4);
  }
}

TEST(LocationTestsTest, TooFewValuesHaveNoInterval) {
  EXPECT_FALSE(order_statistic_estimate(std::vector<double>(7, 1.0), 0.99));
  EXPECT_FALSE(order_statistic_estimate({}, 0.99));
  EXPECT_FALSE(yuen_estimate(std::vector{1.0}, 0.99));
  EXPECT_FALSE(signed_rank_estimate({}, 0.99));
  EXPECT_FALSE(signed_rank_estimate(std::vector<double>(7, 1.0), 0.99));
  EXPECT_TRUE(signed_rank_estimate(std::vector<double>(8, 1.0), 0.99));
}

TEST(LocationTestsTest, BadInputIsRefused) {
  const std::vector<double> bad{1.0, std::nan(""), 2.0};
  usage_error([&] { (void)order_statistic_estimate(bad, 0.99); });
  usage_error([&] { (void)yuen_estimate(bad, 0.99); });
  usage_error([&] { (void)signed_rank_estimate(bad, 0.99); });
  usage_error([] { (void)yuen_estimate(std::vector{1.0, 2.0}, 0.0); });
  usage_error([] { (void)signed_rank_estimate(std::vector<double>(kMostSignedRankValues + 1, 1.0), 0.99); });
}

}  // namespace
}  // namespace qbench::metrics
