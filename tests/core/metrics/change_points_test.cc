// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/change_points.h"

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

std::vector<double> noise(std::uint64_t seed, std::size_t nights, double sd = 0.001) {
  Random random(seed);
  std::vector<double> series(nights);
  for (double& y : series) y = sd * normal_draw(random);
  return series;
}

void add_from(std::vector<double>& series, std::size_t night, double shift) {
  for (std::size_t t = night; t < series.size(); ++t) series[t] += shift;
}

TEST(ChangePointsTest, EqualsFrozenValues) {
  const nlohmann::json fixture = frozen("change_points");
  const std::vector<ChangePoint> points = find_change_points(doubles(fixture.at("values")));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].index, fixture.at("index").get<std::size_t>());
  expect_close(points[0].before, fixture.at("before"));
  expect_close(points[0].after, fixture.at("after"));
  expect_close(points[0].p_value, fixture.at("p"));
  for (const nlohmann::json& row : fixture.at("welch")) {
    expect_close(welch_p(doubles(row.at("a")), doubles(row.at("b"))), row.at("p"));
  }
}

TEST(ChangePointsTest, EveryStepIsFoundAtItsNight) {
  std::vector<double> series = noise(1, 120);
  add_from(series, 30, 0.02);
  add_from(series, 60, -0.03);
  add_from(series, 100, 0.015);
  const std::vector<ChangePoint> points = find_change_points(series);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].index, 30U);
  EXPECT_EQ(points[1].index, 60U);
  EXPECT_EQ(points[2].index, 100U);
  EXPECT_NEAR(points[1].after - points[1].before, -0.03, 0.001);
}

TEST(ChangePointsTest, ChangingEverySignKeepsTheNights) {
  std::vector<double> series = noise(2, 80);
  add_from(series, 25, 0.02);
  std::vector<double> negated = series;
  for (double& y : negated) y = -y;
  const auto points = find_change_points(series);
  const auto mirrored = find_change_points(negated);
  ASSERT_EQ(points.size(), 1U);
  ASSERT_EQ(mirrored.size(), 1U);
  EXPECT_EQ(points[0].index, mirrored[0].index);
  EXPECT_EQ(points[0].before, -mirrored[0].before);
}

TEST(ChangePointsTest, ASingleWildNightIsNoLevel) {
  for (const std::size_t wild : {0UL, 1UL, 30UL, 57UL, 59UL}) {
    std::vector<double> series = noise(3, 60);
    series[wild] = 0.08;
    EXPECT_TRUE(find_change_points(series).empty()) << wild;
  }
}

TEST(ChangePointsTest, SmallStepsAreNotReported) {
  std::vector<double> series = noise(4, 80, 0.0005);
  add_from(series, 40, 0.006);
  EXPECT_TRUE(find_change_points(series).empty());
  EXPECT_EQ(find_change_points(series, {.least_change = 0.003}).size(), 1U);
}

TEST(ChangePointsTest, NoiseHasFewChangePoints) {
  std::size_t found = 0;
  for (std::uint64_t seed = 10; seed < 60; ++seed) found += find_change_points(noise(seed, 100, 0.01)).size();
  EXPECT_LE(found, 5U);
}

TEST(ChangePointsTest, StepsWithoutNoiseAreFound) {
  std::vector<double> series(20, 0.0);
  add_from(series, 10, 0.05);
  const auto points = find_change_points(series);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].index, 10U);
  EXPECT_EQ(points[0].p_value, 0.0);
}

TEST(ChangePointsTest, TooShortOrConstantSeriesHaveNone) {
  EXPECT_TRUE(find_change_points({}).empty());
  EXPECT_TRUE(find_change_points(std::vector{0.0, 0.0, 0.0, 1.0, 1.0}).empty());
  EXPECT_TRUE(find_change_points(std::vector<double>(50, 0.3)).empty());
}

TEST(ChangePointsTest, BadInputIsRefused) {
  usage_error([] { (void)find_change_points(std::vector{0.0, std::nan("")}); });
  usage_error([] { (void)find_change_points({}, {.least_segment = 1}); });
  usage_error([] { (void)welch_p(std::vector{1.0}, std::vector{1.0, 2.0}); });
}

TEST(ChangePointsTest, WelchIsSymmetric) {
  const std::vector<double> a{1.0, 2.0, 4.0};
  const std::vector<double> b{3.0, 5.0, 8.0, 13.0};
  EXPECT_DOUBLE_EQ(welch_p(a, b), welch_p(b, a));
  EXPECT_EQ(welch_p(std::vector{1.0, 1.0}, std::vector{1.0, 1.0}), 1.0);
}

}  // namespace
}  // namespace qbench::metrics
