// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/random.h"

#include <array>
#include <cmath>

#include "core/metrics/distributions.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(RandomTest, SameSeedSameDrawsForEver) {
  // The first outputs of std::mt19937_64 for seed 5489 are fixed by the standard: 14514284786278117030, ...
  Random random(5489);
  EXPECT_EQ(random.below(1000), 14514284786278117030ULL % 1000);
  EXPECT_EQ(random.below(1000), 4620546740167642908ULL % 1000);
}

TEST(RandomTest, BoundedDrawsAreUniform) {
  Random random(1);
  std::array<int, 7> counts{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.below(7));
  double chi_squared = 0.0;
  for (const int count : counts) chi_squared += std::pow(count - kDraws / 7.0, 2) / (kDraws / 7.0);
  EXPECT_GT(chi_squared_upper_p(chi_squared, 6.0), 0.001);
}

TEST(RandomTest, AHugeBoundIsNotBiased) {
  // With a bound of 3/4 of the range a plain remainder would fall in the first third twice as often.
  constexpr std::uint64_t kBound = 3ULL << 62;
  Random random(2);
  int low = 0;
  for (int i = 0; i < 6000; ++i) low += random.below(kBound) < (1ULL << 62) ? 1 : 0;
  EXPECT_NEAR(low, 2000, 150);
}

TEST(RandomTest, UnitStaysBelowOne) {
  Random random(3);
  double sum = 0.0;
  for (int i = 0; i < 10'000; ++i) {
    const double draw = random.unit();
    ASSERT_GE(draw, 0.0);
    ASSERT_LT(draw, 1.0);
    sum += draw;
  }
  EXPECT_NEAR(sum / 10'000.0, 0.5, 0.015);
}

TEST(RandomTest, CoinIsFair) {
  Random random(4);
  int heads = 0;
  for (int i = 0; i < 10'000; ++i) heads += random.coin() ? 1 : 0;
  EXPECT_NEAR(heads, 5000, 200);
}

TEST(RandomTest, BinomialDrawsFollowTheirDistribution) {
  Random random(5);
  for (const auto& [trials, p] : {std::pair{12UL, 0.3}, std::pair{5000UL, 0.76}, std::pair{2000UL, 0.001}}) {
    const double n = static_cast<double>(trials);
    constexpr int kDraws = 4000;
    double sum = 0.0;
    double squares = 0.0;
    int at_most_mean = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto draw = static_cast<double>(random.binomial(trials, p));
      sum += draw;
      squares += (draw - n * p) * (draw - n * p);
      if (draw <= n * p) ++at_most_mean;
    }
    const double sd = std::sqrt(n * p * (1.0 - p));
    EXPECT_NEAR(sum / kDraws, n * p, 4.0 * sd / std::sqrt(kDraws));
    EXPECT_NEAR(squares / kDraws / (sd * sd), 1.0, 0.15);
    const double expected = binomial_cdf(static_cast<std::int64_t>(n * p), trials, p);
    EXPECT_NEAR(static_cast<double>(at_most_mean) / kDraws, expected, 0.035);
  }
}

TEST(RandomTest, CertainBinomialsDrawNothing) {
  Random random(6);
  EXPECT_EQ(random.binomial(0, 0.5), 0U);
  EXPECT_EQ(random.binomial(9, 0.0), 0U);
  EXPECT_EQ(random.binomial(9, 1.0), 9U);
}

}  // namespace
}  // namespace qbench::metrics
