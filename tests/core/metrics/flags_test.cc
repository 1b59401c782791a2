// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/flags.h"

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

void expect_test(const std::optional<FlagTest>& actual, const nlohmann::json& expected) {
  ASSERT_TRUE(actual);
  expect_close(actual->statistic, expected.at("statistic"));
  expect_close(actual->p_value, expected.at("p"));
}

TEST(FlagsTest, EqualFrozenValues) {
  const nlohmann::json fixture = frozen("flags");
  for (const nlohmann::json& series : fixture.at("series")) {
    const std::vector<double> values = doubles(series.at("values"));
    expect_test(drift_test(values), series.at("spearman"));
    expect_test(ljung_box_test(values), series.at("ljung_box"));
    expect_test(sign_runs_test(values), series.at("runs"));
    expect_close(half_ratio(doubles(series.at("shifted"))).value(), series.at("half_ratio"));
  }
  const auto groups = fixture.at("groups").get<std::vector<std::vector<double>>>();
  expect_close(variance_share(groups).value(), fixture.at("share"));
}

TEST(FlagsTest, SteadyNoiseRaisesNoFlagAndDriftDoes) {
  Random random(1);
  std::vector<double> steady(80);
  for (double& value : steady) value = 1.0 + 0.01 * normal_draw(random);
  std::vector<double> drifting = steady;
  for (std::size_t i = 0; i < drifting.size(); ++i) drifting[i] += 0.001 * static_cast<double>(i);
  EXPECT_GT(drift_test(steady)->p_value, kFlagP);
  EXPECT_GT(ljung_box_test(steady)->p_value, kFlagP);
  EXPECT_LT(drift_test(drifting)->p_value, kFlagP);
  EXPECT_GT(drift_test(drifting)->statistic, 0.0);
  EXPECT_LT(ljung_box_test(drifting)->p_value, kFlagP);
  EXPECT_GT(half_ratio(drifting).value(), 1.02);
}

TEST(FlagsTest, ReversingTimeTurnsTheDrift) {
  const std::vector<double> values = doubles(frozen("flags").at("series").at(2).at("values"));
  const std::vector<double> reversed(values.rbegin(), values.rend());
  expect_close(drift_test(reversed)->statistic, -drift_test(values)->statistic);
  expect_close(drift_test(reversed)->p_value, drift_test(values)->p_value);
}

TEST(FlagsTest, AStrictTrendHasZeroP) {
  const auto result = drift_test(std::vector{1.0, 2.0, 3.0, 4.0});
  EXPECT_NEAR(result->statistic, 1.0, 1e-15);
  EXPECT_LT(result->p_value, 1e-12);
}

TEST(FlagsTest, LongRunsHaveANegativeStatistic) {
  std::vector<double> halves(40, 1.0);
  for (std::size_t i = 20; i < 40; ++i) halves[i] = -1.0;
  EXPECT_LT(sign_runs_test(halves)->statistic, -5.0);
  std::vector<double> alternating(40);
  for (std::size_t i = 0; i < 40; ++i) alternating[i] = i % 2 == 0 ? 1.0 : -1.0;
  EXPECT_GT(sign_runs_test(alternating)->statistic, 5.0);
}

TEST(FlagsTest, QuestionsWithoutAnAnswerHaveNone) {
  const std::vector<double> equal(20, 3.0);
  EXPECT_FALSE(drift_test(equal));
  EXPECT_FALSE(drift_test(std::vector{1.0, 2.0}));
  EXPECT_FALSE(ljung_box_test(equal));
  EXPECT_FALSE(ljung_box_test({}));
  EXPECT_FALSE(sign_runs_test(equal));
  EXPECT_FALSE(sign_runs_test({}));
  EXPECT_FALSE(half_ratio({}));
  EXPECT_FALSE(half_ratio(std::vector{1.0}));
  EXPECT_FALSE(half_ratio(std::vector{0.0, 1.0}));
  EXPECT_EQ(half_ratio(std::vector{2.0, 9.0, 4.0}), 2.0);
}

TEST(FlagsTest, VarianceShareRunsFromNoneToAll) {
  EXPECT_EQ(variance_share({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}}), 0.0);
  EXPECT_EQ(variance_share({{1.0, 1.0}, {2.0, 2.0}}), 1.0);
  EXPECT_EQ(variance_share({{1.0, 1.0}, {1.0, 1.0}}), 0.0);
  EXPECT_EQ(variance_share({{1.0, 1.0}, {}, {2.0, 2.0}}), 1.0);
  EXPECT_FALSE(variance_share({}));
  EXPECT_FALSE(variance_share({{1.0, 2.0}}));
  EXPECT_FALSE(variance_share({{1.0}, {2.0}}));
}

TEST(FlagsTest, ValuesThatAreNotFiniteAreRefused) {
  const std::vector<double> bad{1.0, 2.0, std::nan(""), 3.0};
  usage_error([&] { (void)drift_test(bad); });
  usage_error([&] { (void)ljung_box_test(bad); });
  usage_error([&] { (void)sign_runs_test(bad); });
  usage_error([&] { (void)half_ratio(bad); });
  usage_error([&] { (void)variance_share({bad, {1.0, 2.0}}); });
}

}  // namespace
}  // namespace qbench::metrics
