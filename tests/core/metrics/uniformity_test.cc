// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/uniformity.h"

#include <cmath>

#include "core/metrics/location_tests.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(UniformityTest, EqualsFrozenValues) {
  const nlohmann::json fixture = frozen("uniformity");
  for (const nlohmann::json& row : fixture.at("exact")) {
    const auto result = ks_uniform_test(doubles(row.at("values")));
    ASSERT_TRUE(result);
    expect_close(result->statistic, row.at("statistic"));
    expect_close(result->p_value, row.at("p"), "n = " + std::to_string(row.at("values").size()));
  }
  const auto large = ks_uniform_test(doubles(fixture.at("large").at("values")));
  expect_close(large->statistic, fixture.at("large").at("statistic"));
  EXPECT_NEAR(large->p_value, fixture.at("large").at("p").get<double>(), 1e-3) << "the limit distribution";
}

TEST(UniformityTest, PFallsAsTheGapGrows) {
  double before = 1.0;
  for (double shift = 0.02; shift < 0.9; shift += 0.02) {
    std::vector<double> values(50);
    for (std::size_t i = 0; i < 50; ++i) values[i] = shift + (1.0 - shift) * (static_cast<double>(i) + 0.5) / 50.0;
    const double p = ks_uniform_test(values)->p_value;
    EXPECT_LE(p, before + 1e-9);
    before = p;
  }
  EXPECT_LT(before, 1e-12);
}

TEST(UniformityTest, MirroringKeepsTheAnswer) {
  const std::vector<double> values = doubles(frozen("uniformity").at("exact").at(4).at("values"));
  std::vector<double> mirrored;
  for (const double value : values) mirrored.push_back(1.0 - value);
  expect_close(ks_uniform_test(mirrored)->p_value, ks_uniform_test(values)->p_value);
}

TEST(UniformityTest, OneConstantForEverIsNotUniform) {
  EXPECT_LT(ks_uniform_test(std::vector<double>(30, 0.5))->p_value, 1e-6);
  EXPECT_EQ(ks_uniform_test(std::vector{0.5})->p_value, 1.0);
  EXPECT_FALSE(ks_uniform_test({}));
}

TEST(UniformityTest, ValuesOutsideAreRefused) {
  usage_error([] { (void)ks_uniform_test(std::vector{0.5, 1.5}); });
  usage_error([] { (void)ks_uniform_test(std::vector{std::nan("")}); });
  usage_error([] { (void)uniform_sign_p({}, 1.0); });
}

TEST(UniformityTest, SoundNightsPassAndTheRawSignPWouldNot) {
  NoisyMachine machine(12);
  std::vector<double> prepared;
  std::vector<double> raw;
  for (int night = 0; night < 400; ++night) {
    const std::vector<double> ratios = interleaved_ratios(machine, 20, 0.0);
    prepared.push_back(uniform_sign_p(ratios, machine.random().unit()));
    raw.push_back(order_statistic_estimate(ratios, 0.99)->p_value);
  }
  EXPECT_GT(ks_uniform_test(prepared)->p_value, 0.001);
  EXPECT_LT(ks_uniform_test(raw)->p_value, 1e-6);
}

TEST(UniformityTest, ABiasOfTheMethodIsFound) {
  NoisyMachine machine(13);
  std::vector<double> biased;
  for (int night = 0; night < 200; ++night) {
    biased.push_back(uniform_sign_p(interleaved_ratios(machine, 20, 0.004), machine.random().unit()));
  }
  EXPECT_LT(ks_uniform_test(biased)->p_value, 1e-4);
}

TEST(UniformityTest, SwappingTheBuildsMirrorsTheNight) {
  const std::vector<double> ratios{0.1, 0.2, -0.1, 0.3, 0.0};
  const std::vector<double> swapped{-0.1, -0.2, 0.1, -0.3, 0.0};
  expect_close(uniform_sign_p(ratios, 0.25), 1.0 - uniform_sign_p(swapped, 0.75));
  EXPECT_EQ(uniform_sign_p(std::vector<double>(4, 0.0), 0.3), 0.3);
}

}  // namespace
}  // namespace qbench::metrics
