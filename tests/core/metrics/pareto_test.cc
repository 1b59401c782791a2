// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/pareto.h"

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kRounds = 60;
constexpr std::size_t kImages = 4000;

/// A variant `log_ratio` slower than the baseline that answers wrongly for the images `wrong_from` .. `wrong_to`.
TradeoffVariant variant(double log_ratio, std::size_t wrong_from, std::size_t wrong_to, double megabytes) {
  static constexpr double kSpread = 0.004;
  TradeoffVariant result;
  Random random(static_cast<std::uint64_t>(1000.0 * (log_ratio + 10.0)) + wrong_to);
  for (std::size_t i = 0; i < kRounds; ++i) result.log_ratios.push_back(log_ratio + kSpread * normal_draw(random));
  result.right.assign(kImages, 1);
  for (std::size_t i = wrong_from; i < wrong_to; ++i) result.right[i] = 0;
  result.size_bytes = megabytes * 1e6;
  result.memory_bytes = 50e6;
  return result;
}

TradeoffOptions quick() { return {.draws = 400}; }

TEST(ParetoTest, PointsDominateOnlyWithoutALoss) {
  const TradeoffPoint a{0.0, 1e6, 10e6, 0.9};
  EXPECT_FALSE(dominates(a, a));
  EXPECT_TRUE(dominates({-0.1, 1e6, 10e6, 0.9}, a));
  EXPECT_TRUE(dominates({0.0, 1e6, 10e6, 0.91}, a));
  EXPECT_TRUE(dominates({0.0, 0.9e6, 10e6, 0.9}, a));
  EXPECT_TRUE(dominates({0.0, 1e6, 5e6, 0.9}, a));
  EXPECT_FALSE(dominates({-0.1, 1e6, 10e6, 0.89}, a));
  EXPECT_FALSE(dominates({-0.1, 1.1e6, 10e6, 0.9}, a));
  EXPECT_TRUE(dominates({-0.1, 1e6, 10.05e6, 0.9}, a)) << "memory within its margin is equal";
  EXPECT_FALSE(dominates({0.0, 1e6, 9.95e6, 0.9}, a)) << "and no win";
}

TEST(ParetoTest, AVariantWorseInEverythingLeavesTheFront) {
  const std::vector<TradeoffVariant> variants{variant(0.0, 0, 200, 4.0), variant(-0.5, 0, 200, 1.0),
                                              variant(0.2, 0, 600, 5.0)};
  const auto verdicts = pareto_front(variants, quick());
  EXPECT_FALSE(verdicts[0].on_front);
  EXPECT_EQ(verdicts[0].dominated_by, 1U);
  EXPECT_TRUE(verdicts[1].on_front);
  EXPECT_FALSE(verdicts[2].on_front);
  EXPECT_EQ(verdicts[1].front_share, 1.0);
  EXPECT_EQ(verdicts[2].front_share, 0.0);
}

TEST(ParetoTest, ATradeOffKeepsBoth) {
  // Half the time, but 1 % less accurate.
  const auto verdicts = pareto_front({variant(0.0, 0, 200, 4.0), variant(-0.7, 0, 240, 1.0)}, quick());
  EXPECT_TRUE(verdicts[0].on_front);
  EXPECT_TRUE(verdicts[1].on_front);
  EXPECT_FALSE(verdicts[0].dominated_by);
  EXPECT_GT(verdicts[0].front_share, 0.99);
}

TEST(ParetoTest, TooLittleEvidenceThrowsNobodyOut) {
  TradeoffVariant slow = variant(0.3, 0, 200, 4.0);
  TradeoffVariant fast = variant(0.0, 0, 200, 1.0);
  slow.log_ratios.resize(5);
  fast.log_ratios.resize(5);
  EXPECT_TRUE(pareto_front({fast, slow}, quick())[1].on_front) << "five rounds decide nothing";
  // Equal counts of errors on different images: 30 images cannot show that accuracy is no lower.
  TradeoffVariant few = variant(0.3, 0, 3, 4.0);
  TradeoffVariant others = variant(0.0, 3, 6, 1.0);
  few.right.resize(30);
  others.right.resize(30);
  const auto verdicts = pareto_front({others, few}, quick());
  EXPECT_TRUE(verdicts[1].on_front);
  EXPECT_GT(verdicts[1].front_share, 0.1);
  EXPECT_LT(verdicts[1].front_share, 0.9);
}

TEST(ParetoTest, IdenticalVariantsStayTogether) {
  const TradeoffVariant one = variant(0.0, 0, 100, 1.0);
  for (const TradeoffVerdict& verdict : pareto_front({one, one, one}, quick())) {
    EXPECT_TRUE(verdict.on_front);
    EXPECT_EQ(verdict.front_share, 1.0);
  }
}

TEST(ParetoTest, ACircleOfNoWorseThrowsNobodyOut) {
  // Each step is within a margin and a certain win: a is faster than c, c is more accurate than b and b than a.
  const auto in_circle = [](double log_ratio, std::size_t wrong) {
    TradeoffVariant result;
    for (std::size_t i = 0; i < kRounds; ++i)
      result.log_ratios.push_back(log_ratio + 1e-5 * static_cast<double>(i % 7));
    result.right.assign(40'000, 1);
    for (std::size_t i = 0; i < wrong; ++i) result.right[i] = 0;
    result.size_bytes = 1e6;
    result.memory_bytes = 1e6;
    return result;
  };
  const TradeoffVariant a = in_circle(0.0, 120);
  const TradeoffVariant b = in_circle(0.006, 60);
  const TradeoffVariant c = in_circle(0.012, 0);
  EXPECT_FALSE(pareto_front({a, c}, quick())[1].on_front) << "alone, a dominates c";
  EXPECT_FALSE(pareto_front({b, a}, quick())[1].on_front) << "and b dominates a";
  for (const TradeoffVerdict& verdict : pareto_front({a, b, c}, quick())) EXPECT_TRUE(verdict.on_front);
}

TEST(ParetoTest, WithoutImagesAccuracyIsLeftOut) {
  TradeoffVariant slow = variant(0.3, 0, 0, 4.0);
  TradeoffVariant fast = variant(0.0, 0, 0, 1.0);
  slow.right.clear();
  fast.right.clear();
  const auto verdicts = pareto_front({slow, fast}, quick());
  EXPECT_FALSE(verdicts[0].on_front);
  EXPECT_TRUE(verdicts[1].on_front);
}

TEST(ParetoTest, TheOrderOfVariantsDoesNotMatter) {
  const std::vector<TradeoffVariant> forward{variant(0.0, 0, 200, 4.0), variant(-0.5, 0, 210, 1.0),
                                             variant(0.2, 100, 400, 5.0)};
  const std::vector<TradeoffVariant> backward(forward.rbegin(), forward.rend());
  const auto first = pareto_front(forward, quick());
  const auto second = pareto_front(backward, quick());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(first[i].on_front, second[2 - i].on_front);
    EXPECT_NEAR(first[i].front_share, second[2 - i].front_share, 0.1);
  }
}

TEST(ParetoTest, TheSeedFixesTheShares) {
  const std::vector<TradeoffVariant> variants{variant(0.0, 0, 200, 1.0), variant(0.001, 0, 196, 1.0)};
  EXPECT_EQ(pareto_front(variants, quick())[0].front_share, pareto_front(variants, quick())[0].front_share);
  EXPECT_NE(pareto_front(variants, quick())[0].front_share,
            pareto_front(variants, {.draws = 400, .seed = 1})[0].front_share);
}

TEST(ParetoTest, SharesAgreeWithDrawingImagesOneByOne) {
  // Two variants of equal latency and size: the front share of the first is P(its drawn accuracy is not lower).
  TradeoffVariant a = variant(0.0, 0, 12, 1.0);
  TradeoffVariant b = variant(0.0, 5, 20, 1.0);
  a.log_ratios.assign(kRounds, 0.0);
  b.log_ratios.assign(kRounds, 0.0);
  a.right.resize(100);
  b.right.resize(100);
  const double share = pareto_front({a, b}, {.draws = 4000})[0].front_share;
  Random random(9);
  int not_lower = 0;
  constexpr int kDraws = 4000;
  for (int draw = 0; draw < kDraws; ++draw) {
    int difference = 0;
    for (int i = 0; i < 100; ++i) {
      const std::size_t image = random.below(100);
      difference += a.right[image] - b.right[image];
    }
    if (difference >= 0) ++not_lower;
  }
  EXPECT_NEAR(share, static_cast<double>(not_lower) / kDraws, 0.035);
}

TEST(ParetoTest, VariantsOfDifferentRunsAreRefused) {
  TradeoffVariant a = variant(0.0, 0, 1, 1.0);
  TradeoffVariant b = a;
  b.log_ratios.pop_back();
  usage_error([&] { (void)pareto_front({a, b}); });
  b = a;
  b.right.pop_back();
  usage_error([&] { (void)pareto_front({a, b}); });
  b = a;
  b.memory_bytes = std::nan("");
  usage_error([&] { (void)pareto_front({a, b}); });
  usage_error([] { (void)pareto_front({TradeoffVariant{}}); });
  usage_error([&] { (void)pareto_front({a}, {.draws = 0}); });
  EXPECT_TRUE(pareto_front({}).empty());
}

}  // namespace
}  // namespace qbench::metrics
