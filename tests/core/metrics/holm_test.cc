// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/holm.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(HolmTest, AdjustsStepByStepAndKeepsTheOrder) {
  // The worked example: sorted 0.01 0.02 0.03 0.04 times 4 3 2 1, never below the one before.
  EXPECT_THAT(
      holm_adjusted(std::vector{0.03, 0.01, 0.04, 0.02}),
      ElementsAre(DoubleNear(0.06, 1e-12), DoubleNear(0.04, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12)));
}

TEST(HolmTest, NeverFallsBelowTheRawPOrAboveOne) {
  Random random(2);
  std::vector<double> p_values(50);
  for (double& p : p_values) p = random.unit();
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    EXPECT_GE(adjusted[i], p_values[i]);
    EXPECT_LE(adjusted[i], 1.0);
    for (std::size_t j = 0; j < p_values.size(); ++j) {
      if (p_values[i] <= p_values[j]) {
        EXPECT_LE(adjusted[i], adjusted[j]);
      }
    }
  }
}

TEST(HolmTest, OneRowIsLeftAlone) {
  EXPECT_THAT(holm_adjusted(std::vector{0.2}), ElementsAre(0.2));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

TEST(HolmTest, FamilyOfEqualThingsRarelyStandsOut) {
  Random random(3);
  int alarms = 0;
  for (int table = 0; table < 1000; ++table) {
    std::vector<double> p_values(20);
    for (double& p : p_values) p = random.unit();
    for (const double p : holm_adjusted(p_values)) {
      if (p <= 0.05) {
        ++alarms;
        break;
      }
    }
  }
  EXPECT_LE(alarms, 80);
  EXPECT_GE(alarms, 25);
}

TEST(HolmTest, RowsShareTheError) {
  EXPECT_DOUBLE_EQ(row_confidence(0.01, 1), 0.99);
  EXPECT_DOUBLE_EQ(row_confidence(0.01, 10), 0.999);
  usage_error([] { (void)row_confidence(0.01, 0); });
  usage_error([] { (void)row_confidence(1.0, 2); });
}

TEST(HolmTest, NumbersThatAreNotPValuesAreRefused) {
  EXPECT_EQ(usage_error([] { (void)holm_adjusted(std::vector{0.5, 1.5}); }), "1.5 is not a p-value");
  usage_error([] { (void)holm_adjusted(std::vector{std::nan("")}); });
}

}  // namespace
}  // namespace qbench::metrics
