// SPDX-License-Identifier: Apache-2.0
// How often the latency verdict errs on a simulated noisy machine. Every bound is the nominal rate plus chance of one
// in 10,000, so that a method that errs more than it says fails here.
#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"
#include "core/metrics/holm.h"
#include "core/metrics/paired_latency.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

/// Whether `errors` in `trials` can come from a true rate of at most `rate`.
bool is_within(int errors, int trials, double rate) {
  return binomial_cdf(errors - 1, static_cast<std::size_t>(trials), rate) < 0.9999;
}

/// B measured after A, as benchmarks usually do.
std::vector<double> sequential_ratios(NoisyMachine& machine, std::size_t rounds) {
  std::vector<double> ratios(rounds);
  for (double& ratio : ratios) ratio = -machine.advance();
  for (double& ratio : ratios) ratio += machine.advance();
  return ratios;
}

TEST(LatencyErrorRatesTest, IdenticalWorkShowsNoDifference) {
  for (const std::size_t rounds : {10UL, 20UL, 40UL, 80UL}) {
    NoisyMachine machine(100 + rounds);
    const int trials = rounds < 80 ? 2000 : 1000;
    int false_alarms = 0;
    int wrong_sides = 0;
    for (int trial = 0; trial < trials; ++trial) {
      const LatencyVerdict verdict = judge_latency(interleaved_ratios(machine, rounds, 0.0));
      if (verdict.excludes_zero) ++false_alarms;
      if (verdict.answer == LatencyAnswer::kSlower || verdict.answer == LatencyAnswer::kFaster) ++wrong_sides;
    }
    EXPECT_TRUE(is_within(false_alarms, trials, 0.01)) << false_alarms << " at " << rounds << " rounds";
    EXPECT_LE(wrong_sides, false_alarms);
  }
}

TEST(LatencyErrorRatesTest, ThreeLooksTogetherStayWithinTheNominalRate) {
  NoisyMachine machine(200);
  constexpr int kTrials = 800;
  const LookPlan plan;
  int false_alarms = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::vector<double> ratios = interleaved_ratios(machine, plan.rounds.back(), 0.0);
    LatencyVerdict verdict;
    std::optional<std::size_t> look = next_look(plan, 0, verdict.answer);
    bool alarmed = false;
    while (look) {
      verdict = judge_latency(std::span(ratios).first(*look), {.looks = plan.rounds.size()});
      alarmed = alarmed || verdict.excludes_zero;
      look = next_look(plan, *look, verdict.answer);
    }
    if (alarmed) ++false_alarms;
  }
  EXPECT_TRUE(is_within(false_alarms, kTrials, 0.01)) << false_alarms;
}

/// Rounds of identical pairs, one entry a row of a table.
using Rows = std::vector<std::vector<double>>;

/// Whether a row stands out among all of them at any of the looks; a run that stops as soon as one does is the worst
/// that a rule of stopping can do.
bool table_alarms(const Rows& rows, double alpha, std::size_t looks_allowed_for) {
  const auto alarms_at = [&](std::size_t look) {
    std::vector<double> p_values;
    for (const auto& ratios : rows) {
      p_values.push_back(*judge_latency(std::span(ratios).first(look), {.looks = looks_allowed_for}).p_value);
    }
    return std::ranges::any_of(holm_adjusted(p_values), [&](double p) { return p <= alpha; });
  };
  return std::ranges::any_of(LookPlan{}.rounds, alarms_at);
}

TEST(LatencyErrorRatesTest, RowsAndLooksTogetherStayWithinTheNominalRate) {
  constexpr int kTrials = 200;
  constexpr double kAlpha = 0.2;  // few trials can tell this rate from twice as much
  NoisyMachine machine(250);
  int alarms = 0;
  int alarms_of_one_look = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rows rows(4);
    for (auto& ratios : rows) ratios = interleaved_ratios(machine, LookPlan{}.rounds.back(), 0.0);
    alarms += table_alarms(rows, kAlpha, 3) ? 1 : 0;
    alarms_of_one_look += table_alarms(rows, kAlpha, 1) ? 1 : 0;
  }
  EXPECT_TRUE(is_within(alarms, kTrials, kAlpha)) << alarms;
  EXPECT_GT(alarms_of_one_look, alarms);
}

TEST(LatencyErrorRatesTest, MeasuringOneAfterTheOtherWouldRaiseFalseAlarms) {
  NoisyMachine machine(300);
  constexpr int kTrials = 300;
  int false_alarms = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    if (judge_latency(sequential_ratios(machine, 40)).excludes_zero) ++false_alarms;
  }
  // A quarter of them and more, were it not for the allowance for slow changes.
  EXPECT_FALSE(is_within(false_alarms, kTrials, 0.01));
}

TEST(LatencyErrorRatesTest, APlantedSlowdownIsFound) {
  NoisyMachine machine(400);
  constexpr int kTrials = 300;
  const double effect = std::log(1.02);
  int found = 0;
  std::vector<double> estimates;
  for (int trial = 0; trial < kTrials; ++trial) {
    const LatencyVerdict verdict = judge_latency(interleaved_ratios(machine, 80, effect));
    estimates.push_back(relative_change(verdict.estimate));
    if (verdict.answer == LatencyAnswer::kSlower) ++found;
    EXPECT_NE(verdict.answer, LatencyAnswer::kFaster);
  }
  EXPECT_GE(found, kTrials * 95 / 100);
  EXPECT_NEAR(median(estimates), 0.02, 0.001);
}

TEST(LatencyErrorRatesTest, TheIntervalCoversThePlantedEffect) {
  NoisyMachine machine(500);
  constexpr int kTrials = 1000;
  int missed = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const LatencyVerdict verdict = judge_latency(interleaved_ratios(machine, 40, 0.05));
    if (!verdict.interval->contains(0.05)) ++missed;
  }
  EXPECT_TRUE(is_within(missed, kTrials, 0.01)) << missed;
}

TEST(LatencyErrorRatesTest, ADifferenceOfTheMarginIsRarelyCalledEquivalent) {
  NoisyMachine machine(600, 0.002);
  constexpr int kTrials = 1000;
  int wrong = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const LatencyVerdict verdict = judge_latency(interleaved_ratios(machine, 80, std::log(1.01)));
    if (verdict.answer == LatencyAnswer::kEquivalent) ++wrong;
  }
  EXPECT_TRUE(is_within(wrong, kTrials, 0.05)) << wrong;
}

TEST(LatencyErrorRatesTest, IdenticalWorkOnASteadyMachineIsEquivalent) {
  NoisyMachine machine(700, 0.002);
  int equivalent = 0;
  for (int trial = 0; trial < 200; ++trial) {
    if (judge_latency(interleaved_ratios(machine, 80, 0.0)).answer == LatencyAnswer::kEquivalent) ++equivalent;
  }
  EXPECT_GE(equivalent, 180);
}

}  // namespace
}  // namespace qbench::metrics
