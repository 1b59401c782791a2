// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/slow_changes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"
#include "core/metrics/paired_latency.h"
#include "core/metrics/random.h"

namespace qbench::metrics {
namespace {

constexpr double kScatter = 0.01;

/// Nearly normal, of standard deviation 1.
double gauss(Random& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

/// A level that moves at every scale alike: one slow process for each octave from 2 to 1,024 rounds.
class Flicker {
 public:
  Flicker(double size, Random& random) : size_(size), random_(random), levels_(10) {
    for (double& level : levels_) level = gauss(random_);
  }

  double next() {
    double sum = 0.0;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const double keep = std::exp(-1.0 / std::exp2(static_cast<double>(i) + 1.0));
      levels_[i] = keep * levels_[i] + std::sqrt(1.0 - keep * keep) * gauss(random_);
      sum += levels_[i];
    }
    return size_ * sum / std::sqrt(static_cast<double>(levels_.size()));
  }

 private:
  double size_;
  Random& random_;
  std::vector<double> levels_;
};

std::vector<double> white(std::size_t rounds, Random& random) {
  std::vector<double> values(rounds);
  for (double& value : values) value = kScatter * gauss(random);
  return values;
}

/// Share of 20 runs, of many days, whose interval holds the median of all rounds of its day.
double share_that_holds_the_pooled_figure(std::size_t rounds, bool with) {
  Random random(11);
  constexpr int kDays = 15;
  constexpr int kRuns = 20;
  int holds = 0;
  for (int day = 0; day < kDays; ++day) {
    Flicker level(1.5 * kScatter, random);
    std::vector<std::vector<double>> runs;
    std::vector<double> pooled;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<double>& values = runs.emplace_back(white(rounds, random));
      for (std::size_t i = 0; i < rounds; ++i) {
        // Between two visits the run spends as long again on other work.
        for (int other = 0; i % kRoundsAVisit == 0 && other < kRoundsAVisit; ++other) (void)level.next();
        values[i] += level.next();
      }
      pooled.insert(pooled.end(), values.begin(), values.end());
    }
    const double truth = median(pooled);
    for (const std::vector<double>& run : runs) {
      const auto sampling = order_statistic_estimate(run, 1.0 - 0.01 / 3.0);
      const LatencyVerdict verdict = judge_latency(run, {.looks = 3});
      holds += (with ? *verdict.interval : sampling->interval).contains(truth) ? 1 : 0;
    }
  }
  return static_cast<double>(holds) / (kDays * kRuns);
}

TEST(SlowChangesTest, NearlyAllRunsOfAMovingMachineHoldThePooledFigure) {
  EXPECT_GE(share_that_holds_the_pooled_figure(40, true), 0.92);
  EXPECT_GE(share_that_holds_the_pooled_figure(160, true), 0.95);
}

TEST(SlowChangesTest, TheScatterOfTheRoundsAloneWouldHoldItInFarFewer) {
  EXPECT_LT(share_that_holds_the_pooled_figure(40, false), 0.75);
  EXPECT_LT(share_that_holds_the_pooled_figure(160, false), 0.5);
}

TEST(SlowChangesTest, ASteadyMachineCostsLittle) {
  Random random(3);
  double with = 0.0;
  double without = 0.0;
  int none = 0;
  for (int i = 0; i < 400; ++i) {
    const std::vector<double> rounds = white(80, random);
    const auto sampling = order_statistic_estimate(rounds, 0.99);
    const double allowance = slow_change_allowance(rounds);
    none += allowance == 0.0 ? 1 : 0;
    without += sampling->interval.half_width();
    with += with_allowance(sampling->interval, sampling->estimate, allowance).half_width();
  }
  EXPECT_GT(none, 120);
  EXPECT_LT(with / without, 1.6);
}

TEST(SlowChangesTest, TwoLevelsInOneRunAreAllowedFor) {
  std::vector<double> rounds(40, 0.0);
  for (std::size_t i = 0; i < rounds.size(); ++i) rounds[i] = (i < 20 ? 0.0 : 0.1) + (i % 2 == 0 ? 1e-4 : -1e-4);
  // Half of eight medians lie 0.1 above the others: s = 0.1 sqrt(8 / 28).
  EXPECT_NEAR(slow_change_allowance(rounds), student_t_quantile(0.995, 7.0) * 0.1 * std::sqrt(8.0 / 28.0), 1e-3);
}

TEST(SlowChangesTest, FewRoundsOrEqualOnesHaveNone) {
  Random random(4);
  EXPECT_EQ(slow_change_allowance(white(9, random)), 0.0);
  EXPECT_EQ(slow_change_allowance(std::vector<double>(40, 0.25)), 0.0);
}

TEST(SlowChangesTest, FollowsUnitAndSignOfTheRounds) {
  Random random(5);
  std::vector<double> rounds = white(40, random);
  for (std::size_t i = 0; i < 20; ++i) rounds[i] += 0.05;
  const double allowance = slow_change_allowance(rounds);
  ASSERT_GT(allowance, 0.0);
  for (double& round : rounds) round = 1.0 - 3.0 * round;
  EXPECT_NEAR(slow_change_allowance(rounds), 3.0 * allowance, 1e-12);
}

TEST(SlowChangesTest, HalvesOfAnIntervalGrowByThemselves) {
  const Interval wide = with_allowance({-3.0, 4.0}, 0.0, 4.0);
  EXPECT_DOUBLE_EQ(wide.low, -5.0);
  EXPECT_DOUBLE_EQ(wide.high, std::hypot(4.0, 4.0));
  EXPECT_EQ(with_allowance({-3.0, 4.0}, 0.0, 0.0), (Interval{-3.0, 4.0}));
}

TEST(SlowChangesTest, ValuesThatAreNotFiniteAreRefused) {
  std::vector<double> rounds(40, 1.0);
  rounds[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)slow_change_allowance(rounds), Error);
}

TEST(SlowChangesTest, ThePValueAgreesWithTheWidenedInterval) {
  Random random(6);
  int disagree = 0;
  int moved = 0;
  for (int i = 0; i < 300; ++i) {
    Flicker level(kScatter, random);
    std::vector<double> rounds = white(40, random);
    for (double& round : rounds) round += 0.008 + level.next();
    const LatencyVerdict verdict = judge_latency(rounds, {.alpha = 0.01});
    if (verdict.allowance == 0.0) continue;
    ++moved;
    disagree += verdict.excludes_zero != (*verdict.p_value < 0.01) ? 1 : 0;
  }
  EXPECT_GT(moved, 100);
  EXPECT_LT(disagree, moved / 10);  // the exact interval is at its next step above 99 %
}

}  // namespace
}  // namespace qbench::metrics
