// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/between_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/metrics/random.h"

namespace qbench::metrics {
namespace {

constexpr double kLogMillisecond = 13.8;

/// Block medians of one run as logarithms: a level, small symmetric noise and a heavy tail of bad moments.
std::vector<double> run_at(double level, Random& random, std::size_t rounds = 80) {
  std::vector<double> logs(rounds);
  for (double& log : logs) {
    log = kLogMillisecond + level + 0.004 * (random.unit() + random.unit() + random.unit() - 1.5);
    if (random.unit() < 0.10) log += 0.3 * random.unit();
  }
  return logs;
}

/// A machine between two runs: uniform within +-`drift`.
double drift(double size, Random& random) { return size * (2.0 * random.unit() - 1.0); }

/// How many of `trials` comparisons satisfy `counts`, B being `effect` slower and each run drawn from a machine that
/// moves by up to `moves` to each side.
template <typename Counts>
int count_of(int trials, double effect, double moves, const BetweenRunsOptions& options, Counts counts) {
  Random random(20240501);
  int found = 0;
  for (int i = 0; i < trials; ++i) {
    const auto a = run_at(drift(moves, random), random);
    const auto b = run_at(std::log1p(effect) + drift(moves, random), random);
    found += counts(judge_between_runs(a, b, options)) ? 1 : 0;
  }
  return found;
}

bool alarms(const LatencyVerdict& verdict) { return verdict.excludes_zero; }
bool says_equivalent(const LatencyVerdict& verdict) { return verdict.answer == LatencyAnswer::kEquivalent; }

constexpr int kTrials = 2000;

TEST(BetweenRunsTest, WithoutDriftFalseAlarmsStayBelowTheirRate) {
  EXPECT_LE(count_of(kTrials, 0.0, 0.0, {.noise = 0.0}, alarms), kTrials / 100);
}

TEST(BetweenRunsTest, DriftWithinTheNoiseFloorRaisesNoAlarms) {
  const double half = std::log1p(0.10) / 2.0;
  EXPECT_LE(count_of(kTrials, 0.0, half, {.noise = 0.10}, alarms), kTrials / 100);
}

TEST(BetweenRunsTest, WithoutTheNoiseFloorTheSameDriftWouldBeCalledADifference) {
  const double half = std::log1p(0.10) / 2.0;
  EXPECT_GT(count_of(kTrials, 0.0, half, {.noise = 0.0}, alarms), kTrials / 2);
}

TEST(BetweenRunsTest, AnEffectBeyondNoiseAndDriftIsFound) {
  EXPECT_EQ(count_of(200, 0.30, 0.04, {.noise = 0.10},
                     [](const LatencyVerdict& verdict) { return verdict.answer == LatencyAnswer::kSlower; }),
            200);
}

TEST(BetweenRunsTest, EquivalentIsRarelySaidAtTheMarginItself) {
  EXPECT_LE(count_of(kTrials, 0.02, 0.0, {.noise = 0.0}, says_equivalent), kTrials / 20);
  EXPECT_GE(count_of(kTrials, 0.0, 0.0, {.noise = 0.005}, says_equivalent), kTrials * 9 / 10);
}

TEST(BetweenRunsTest, EquivalentIsNeverSaidWhenTheNoiseIsTheMargin) {
  EXPECT_EQ(count_of(kTrials, 0.0, 0.0, {.margin = 0.02, .noise = 0.02}, says_equivalent), 0);
}

TEST(BetweenRunsTest, ASharedCellCancelsTheMachinesDrift) {
  Random random(7);
  int alarmed = 0;
  int found = 0;
  for (int i = 0; i < 500; ++i) {
    // Ratios to a cell of the same rounds: what moves the whole machine is in both and gone.
    const auto a = run_at(0.0, random);
    const auto same = run_at(0.0, random);
    const auto slower = run_at(std::log1p(0.05), random);
    alarmed += alarms(judge_between_runs(a, same, {.noise = kUnknownRatioNoise})) ? 1 : 0;
    found += judge_between_runs(a, slower, {.noise = kUnknownRatioNoise}).answer == LatencyAnswer::kSlower ? 1 : 0;
  }
  EXPECT_LE(alarmed, 5);
  EXPECT_GE(found, 450);
}

TEST(BetweenRunsTest, SwappingTheRunsMirrorsTheVerdict) {
  Random random(3);
  const auto a = run_at(0.0, random);
  const auto b = run_at(0.4, random);
  const LatencyVerdict forth = judge_between_runs(a, b);
  const LatencyVerdict back = judge_between_runs(b, a);
  EXPECT_EQ(forth.answer, LatencyAnswer::kSlower);
  EXPECT_EQ(back.answer, LatencyAnswer::kFaster);
  EXPECT_DOUBLE_EQ(forth.estimate, -back.estimate);
  EXPECT_DOUBLE_EQ(forth.interval->low, -back.interval->high);
}

TEST(BetweenRunsTest, TheIntervalIsAsWideAsBothMediansAndTheNoise) {
  std::vector<double> a(40);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i * 11 % 40);  // no part above the others
  const LatencyVerdict verdict = judge_between_runs(a, a, {.noise = std::expm1(0.5)});
  // 99.5 % of 40 values: the 11th and the 30th.
  EXPECT_DOUBLE_EQ(verdict.interval->low, 10.0 - 29.0 - 0.5);
  EXPECT_DOUBLE_EQ(verdict.interval->high, 29.0 - 10.0 + 0.5);
}

TEST(BetweenRunsTest, WhatMovedDuringARunWidensTheInterval) {
  Random random(6);
  const auto steady = run_at(0.0, random);
  auto moved = run_at(0.0, random);
  for (std::size_t i = 0; i < moved.size() / 2; ++i) moved[i] += 0.2;
  EXPECT_EQ(judge_between_runs(steady, run_at(0.2, random)).answer, LatencyAnswer::kSlower);
  EXPECT_EQ(judge_between_runs(steady, moved).answer, LatencyAnswer::kInconclusive);
}

TEST(BetweenRunsTest, FewRoundsGiveNoVerdict) {
  Random random(5);
  const auto a = run_at(0.0, random, 9);
  const auto b = run_at(1.0, random, 80);
  EXPECT_EQ(judge_between_runs(a, b).answer, LatencyAnswer::kInsufficient);
  EXPECT_EQ(judge_between_runs({}, b).answer, LatencyAnswer::kInsufficient);
  const auto ten = run_at(0.0, random, 10);
  EXPECT_EQ(judge_between_runs(ten, b).answer, LatencyAnswer::kSlower);
}

TEST(BetweenRunsTest, WhatIsNotFiniteIsRefused) {
  const std::vector<double> bad(20, std::numeric_limits<double>::quiet_NaN());
  const std::vector<double> good(20, 1.0);
  EXPECT_THROW((void)judge_between_runs(bad, good), Error);
  EXPECT_THROW((void)judge_between_runs(good, good, {.noise = -1.0}), Error);
  EXPECT_THROW((void)judge_between_runs(good, good, {.margin = 0.0}), Error);
}

}  // namespace
}  // namespace qbench::metrics
