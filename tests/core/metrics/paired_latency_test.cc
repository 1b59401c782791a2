// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/paired_latency.h"

#include <cmath>

#include "core/metrics/descriptive.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

/// `count` values evenly spread over centre +- spread: the median is the centre.
/// Evenly spread values in an order in which no part of them is higher than the others.
std::vector<double> spread_around(double centre, double spread, std::size_t count) {
  constexpr std::size_t kStride = 37;  // has no factor in common with the counts used here
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto rank = static_cast<double>(i * kStride % count);
    values.push_back(centre + spread * (2.0 * rank / static_cast<double>(count - 1) - 1.0));
  }
  return values;
}

LatencyAnswer swapped(LatencyAnswer answer) {
  if (answer == LatencyAnswer::kFaster) return LatencyAnswer::kSlower;
  if (answer == LatencyAnswer::kSlower) return LatencyAnswer::kFaster;
  return answer;
}

TEST(PairedLatencyTest, RatiosAreLogarithmsOfOtherOverBaseline) {
  const std::vector<double> ratios = log_ratios(std::vector{2.0, 4.0}, std::vector{4.0, 2.0});
  expect_close(ratios[0], std::log(2.0));
  expect_close(ratios[1], -std::log(2.0));
  expect_close(relative_change(ratios[0]), 1.0);
  usage_error([] { (void)log_ratios(std::vector{1.0}, std::vector{1.0, 2.0}); });
  usage_error([] { (void)log_ratios(std::vector{0.0}, std::vector{1.0}); });
  usage_error([] { (void)log_ratios(std::vector{1.0}, std::vector{-1.0}); });
  usage_error([] { (void)log_ratios(std::vector{1.0}, std::vector{std::nan("")}); });
}

TEST(PairedLatencyTest, EveryAnswerIsReached) {
  const auto answer = [](double centre, double spread, std::size_t count = 80) {
    return judge_latency(spread_around(centre, spread, count)).answer;
  };
  EXPECT_EQ(answer(0.05, 0.02), LatencyAnswer::kSlower);
  EXPECT_EQ(answer(-0.05, 0.02), LatencyAnswer::kFaster);
  EXPECT_EQ(answer(0.0, 0.01), LatencyAnswer::kEquivalent);
  EXPECT_EQ(answer(0.009, 0.02), LatencyAnswer::kDifferentButSmall);
  EXPECT_EQ(answer(0.0, 0.2), LatencyAnswer::kInconclusive);
  EXPECT_EQ(answer(0.05, 0.02, 9), LatencyAnswer::kInsufficient);
}

TEST(PairedLatencyTest, ADifferenceInsideTheMarginIsEquivalentAndSaysSo) {
  const LatencyVerdict verdict = judge_latency(spread_around(0.004, 0.002, 80));
  EXPECT_EQ(verdict.answer, LatencyAnswer::kEquivalent);
  EXPECT_TRUE(verdict.excludes_zero);
  EXPECT_TRUE(verdict.inside_margin);
}

TEST(PairedLatencyTest, MethodFollowsTheNumberOfRounds) {
  EXPECT_EQ(judge_latency(spread_around(0.05, 0.01, 10)).method, LocationMethod::kYuen);
  EXPECT_EQ(judge_latency(spread_around(0.05, 0.01, 29)).method, LocationMethod::kYuen);
  EXPECT_EQ(judge_latency(spread_around(0.05, 0.01, 30)).method, LocationMethod::kOrderStatistic);
}

TEST(PairedLatencyTest, SwappingTheVariantsSwapsTheVerdict) {
  NoisyMachine machine(17);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t rounds = 10 + 10 * static_cast<std::size_t>(trial % 8);
    std::vector<double> ratios = interleaved_ratios(machine, rounds, 0.01 * static_cast<double>(trial % 5 - 2));
    const LatencyVerdict verdict = judge_latency(ratios);
    for (double& ratio : ratios) ratio = -ratio;
    const LatencyVerdict mirrored = judge_latency(ratios);
    EXPECT_EQ(mirrored.answer, swapped(verdict.answer));
    EXPECT_NEAR(mirrored.estimate, -verdict.estimate, 1e-15);
    EXPECT_NEAR(mirrored.interval->low, -verdict.interval->high, 1e-15);
    EXPECT_NEAR(mirrored.p_value.value(), verdict.p_value.value(), 1e-9);
    EXPECT_EQ(mirrored.more_rounds.has_value(), verdict.more_rounds.has_value());
  }
}

TEST(PairedLatencyTest, LooksShareTheErrorAndWidenTheInterval) {
  const std::vector<double> ratios = spread_around(0.003, 0.05, 80);
  const LatencyVerdict once = judge_latency(ratios);
  const LatencyVerdict thrice = judge_latency(ratios, {.looks = 3});
  EXPECT_GT(thrice.interval->half_width(), once.interval->half_width());
  EXPECT_GT(thrice.equivalence_interval->half_width(), once.equivalence_interval->half_width());
  const auto ranks = order_statistic_ranks(80, 0.5, 1.0 - 0.01 / 3.0);
  EXPECT_EQ(thrice.interval->low, sorted_copy(ratios)[ranks->low - 1]);
}

TEST(PairedLatencyTest, TiesAreCounted) {
  std::vector<double> ratios(40, 0.0);
  ratios[3] = 0.01;
  const LatencyVerdict verdict = judge_latency(ratios);
  EXPECT_EQ(verdict.ties, 39U);
  EXPECT_EQ(verdict.answer, LatencyAnswer::kEquivalent);
  EXPECT_EQ(judge_latency(std::vector<double>(5, 0.0)).ties, 5U);
}

TEST(PairedLatencyTest, TooFewRoundsGiveNoVerdict) {
  const LatencyVerdict none = judge_latency({}, {.seconds_per_round = 0.5});
  EXPECT_EQ(none.answer, LatencyAnswer::kInsufficient);
  EXPECT_EQ(none.more_rounds, 10U);
  EXPECT_EQ(none.more_seconds, 5.0);
  EXPECT_EQ(none.estimate, 0.0);
  const LatencyVerdict nine = judge_latency(spread_around(0.5, 0.001, 9));
  EXPECT_EQ(nine.answer, LatencyAnswer::kInsufficient);
  EXPECT_FALSE(nine.interval);
  EXPECT_EQ(nine.more_rounds, 1U);
  EXPECT_NEAR(nine.estimate, 0.5, 1e-12);
}

TEST(PairedLatencyTest, MoreRoundsAreWhatTheIntervalNeedsToShrink) {
  const std::vector<double> ratios = spread_around(0.0, 0.2, 80);
  const LatencyVerdict verdict = judge_latency(ratios, {.seconds_per_round = 0.25});
  ASSERT_EQ(verdict.answer, LatencyAnswer::kInconclusive);
  const double factor = verdict.equivalence_interval->half_width() / std::log1p(0.01);
  EXPECT_NEAR(static_cast<double>(verdict.more_rounds.value()), 80.0 * factor * factor - 80.0, 1.0);
  EXPECT_NEAR(verdict.more_seconds.value(), 0.25 * static_cast<double>(*verdict.more_rounds), 1e-9);
}

TEST(PairedLatencyTest, TheRoundsAskedForUsuallySettle) {
  NoisyMachine machine(23, 0.02);
  int asked = 0;
  int settled = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const LatencyVerdict first = judge_latency(interleaved_ratios(machine, 40, 0.02));
    if (first.answer != LatencyAnswer::kInconclusive || !first.more_rounds || *first.more_rounds > 2000) continue;
    ++asked;
    const auto again = judge_latency(interleaved_ratios(machine, 40 + 2 * *first.more_rounds, 0.02));
    if (again.answer != LatencyAnswer::kInconclusive) ++settled;
  }
  ASSERT_GT(asked, 20);
  EXPECT_GT(settled, asked * 6 / 10);
}

TEST(PairedLatencyTest, PlanStopsWhenDecidedOrUsedUp) {
  const LookPlan plan;
  EXPECT_EQ(next_look(plan, 0, LatencyAnswer::kInsufficient), 40U);
  EXPECT_EQ(next_look(plan, 40, LatencyAnswer::kInconclusive), 80U);
  EXPECT_EQ(next_look(plan, 55, LatencyAnswer::kDifferentButSmall), 80U);
  EXPECT_EQ(next_look(plan, 80, LatencyAnswer::kInconclusive), 160U);
  EXPECT_EQ(next_look(plan, 160, LatencyAnswer::kInconclusive), std::nullopt);
  EXPECT_EQ(next_look(plan, 40, LatencyAnswer::kFaster), std::nullopt);
  EXPECT_EQ(next_look(plan, 40, LatencyAnswer::kSlower), std::nullopt);
  EXPECT_EQ(next_look(plan, 40, LatencyAnswer::kEquivalent), std::nullopt);
}

TEST(PairedLatencyTest, DetectableChangeEqualsFrozenValue) {
  const nlohmann::json fixture = frozen("detectable");
  const std::vector<double> values = doubles(fixture.at("values"));
  expect_close(detectable_change(values), fixture.at("change"));
  EXPECT_LT(detectable_change(values, 0.05), detectable_change(values, 0.01));
  EXPECT_GT(detectable_change(values, 0.01, 0.95), detectable_change(values, 0.01, 0.8));
  EXPECT_EQ(detectable_change(std::vector<double>(40, 0.3)), 0.0);
  usage_error([] { (void)detectable_change({}); });
}

TEST(PairedLatencyTest, BadInputIsRefused) {
  const std::vector<double> fine = spread_around(0.0, 0.01, 40);
  usage_error([] { (void)judge_latency(std::vector{0.1, std::nan("")}); });
  usage_error([&] { (void)judge_latency(fine, {.margin = 0.0}); });
  usage_error([&] { (void)judge_latency(fine, {.alpha = 1.5}); });
  usage_error([&] { (void)judge_latency(fine, {.equivalence_alpha = 0.5}); });
  usage_error([&] { (void)judge_latency(fine, {.looks = 0}); });
}

TEST(PairedLatencyTest, AnswersHaveNames) {
  EXPECT_EQ(answer_name(LatencyAnswer::kDifferentButSmall), "DIFFERENT BUT SMALL");
  EXPECT_EQ(answer_name(LatencyAnswer::kInsufficient), "INSUFFICIENT");
}

TEST(LookPlanTest, TheLastLookIsTheEndOfTheRunAndThereAreThreeAtMost) {
  EXPECT_EQ(looks_up_to(160).rounds, (std::vector<std::size_t>{40, 80, 160}));
  EXPECT_EQ(looks_up_to(400).rounds, (std::vector<std::size_t>{40, 80, 400}));
  EXPECT_EQ(looks_up_to(80).rounds, (std::vector<std::size_t>{40, 80}));
  EXPECT_EQ(looks_up_to(12).rounds, (std::vector<std::size_t>{12}));
}

TEST(PairedLatencyTest, TheIntervalAndThePValueHaveOneLevelAtEveryNumberOfLooks) {
  int told_apart = 0;
  for (const std::size_t looks : {1UL, 2UL, 3UL}) {
    for (int below = 0; below <= 20; ++below) {
      std::vector<double> ratios(40);
      for (int i = 0; i < 40; ++i) {
        // The lower ones are spread over the rounds, so that the level does not move.
        ratios[static_cast<std::size_t>(i)] = (i * below % 40 < below ? -1.0 : 1.0) * (0.01 + 0.0001 * (i * 7 % 40));
      }
      const LatencyVerdict verdict = judge_latency(ratios, {.looks = looks});
      if (verdict.allowance > 0.0) continue;
      told_apart += verdict.excludes_zero ? 1 : 0;
      EXPECT_EQ(verdict.excludes_zero, *verdict.p_value <= 0.01) << looks << " looks, " << below << " below";
    }
  }
  EXPECT_GE(told_apart, 10);
}

}  // namespace
}  // namespace qbench::metrics
