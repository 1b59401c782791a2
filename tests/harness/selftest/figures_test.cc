// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench::selftest {
namespace {

using metrics::LatencyAnswer;

Trial trial_of(double share, double estimate, LatencyAnswer answer, double half_width = 0.004) {
  Trial trial;
  trial.planted_share = share;
  trial.planted = std::log1p(share);
  trial.seconds = 0.5;
  trial.verdict.answer = answer;
  trial.verdict.rounds = 40;
  trial.verdict.estimate = estimate;
  trial.verdict.interval = metrics::Interval{estimate - half_width, estimate + half_width};
  trial.verdict.excludes_zero = std::abs(estimate) > half_width;
  return trial;
}

std::vector<Trial> trials_of(std::size_t count, const Trial& trial) { return std::vector<Trial>(count, trial); }

std::vector<Trial> joined(std::vector<Trial> trials, const std::vector<Trial>& more) {
  trials.insert(trials.end(), more.begin(), more.end());
  return trials;
}

TEST(FiguresTest, OnlyUndecidedAndEquivalentAreNoFalseAlarms) {
  std::vector<Trial> trials = trials_of(6, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  trials.push_back(trial_of(0.0, 0.0, LatencyAnswer::kInconclusive));
  trials.push_back(trial_of(0.0, 0.02, LatencyAnswer::kSlower));
  trials.push_back(trial_of(0.0, -0.02, LatencyAnswer::kFaster));
  trials.push_back(trial_of(0.0, 0.006, LatencyAnswer::kDifferentButSmall));
  const Figures figures = summarize(trials, {});
  EXPECT_EQ(figures.false_alarms.count, 3U);
  EXPECT_EQ(figures.false_alarms.trials, 10U);
  EXPECT_EQ(figures.inconclusive.count, 1U);
  EXPECT_EQ(figures.excluded_zero.count, 3U);
  EXPECT_EQ(figures.covered.count, 7U);
}

TEST(FiguresTest, TheRateHasTheExactInterval) {
  const Rate rate{.count = 0, .trials = 1000};
  EXPECT_DOUBLE_EQ(rate.interval().low, 0.0);
  EXPECT_NEAR(rate.interval().high, 1.0 - std::pow(0.025, 1.0 / 1000.0), 1e-12);
}

TEST(FiguresTest, APlantedSlowDownIsFoundWhenTheIntervalLiesAboveZero) {
  auto trials = trials_of(1, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  trials = joined(trials, trials_of(3, trial_of(0.01, 0.0105, LatencyAnswer::kSlower)));
  trials = joined(trials, trials_of(1, trial_of(0.01, 0.002, LatencyAnswer::kEquivalent)));
  trials = joined(trials, trials_of(1, trial_of(0.01, -0.02, LatencyAnswer::kFaster)));
  const Figures figures = summarize(trials, {});
  ASSERT_EQ(figures.planted.size(), 1U);
  const PlantedFigures& planted = figures.planted[0];
  EXPECT_EQ(planted.found.count, 3U);
  EXPECT_EQ(planted.called_slower.count, 3U);
  EXPECT_EQ(planted.called_equivalent.count, 1U);
  EXPECT_EQ(planted.covered.count, 3U);
  EXPECT_NEAR(planted.true_percent, 1.0, 1e-9);
  EXPECT_NEAR(planted.bias_points, 100.0 * (0.0105 - std::log1p(0.01)), 1e-9);
}

TEST(FiguresTest, TheDetectableChangeIsInterpolatedAtEightyPercent) {
  auto trials = trials_of(1, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  trials = joined(trials, trials_of(6, trial_of(0.01, 0.01, LatencyAnswer::kSlower)));
  trials = joined(trials, trials_of(4, trial_of(0.01, 0.0, LatencyAnswer::kInconclusive)));
  trials = joined(trials, trials_of(10, trial_of(0.02, 0.02, LatencyAnswer::kSlower)));
  EXPECT_NEAR(*summarize(trials, {}).detectable_percent, 1.5, 1e-9);
}

TEST(FiguresTest, NothingIsDetectableWhereNothingWasFound) {
  auto trials = trials_of(1, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  trials = joined(trials, trials_of(5, trial_of(0.05, 0.0, LatencyAnswer::kInconclusive)));
  EXPECT_FALSE(summarize(trials, {}).detectable_percent);
}

TEST(FiguresTest, FloorsHoldNearlyAllComparisonsOfTheSame) {
  std::vector<Trial> trials = trials_of(100, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  for (std::size_t i = 0; i < trials.size(); ++i) trials[i].verdict.estimate = (i % 2 == 0 ? -1e-5 : 1e-5) * double(i);
  const double floor = summarize(trials, {}).latency_floor;
  EXPECT_GT(floor, 0.00097);
  EXPECT_LT(floor, 0.00100);
}

TEST(FiguresTest, WithoutComparisonsOfTheSameThereIsNothingToSay) {
  EXPECT_THROW((void)summarize(trials_of(3, trial_of(0.01, 0.01, LatencyAnswer::kSlower)), {}), Error);
}

TEST(FiguresTest, TextAndJsonHoldTheRates) {
  auto trials = trials_of(4, trial_of(0.0, 0.0, LatencyAnswer::kEquivalent));
  trials = joined(trials, trials_of(2, trial_of(0.02, 0.0198, LatencyAnswer::kSlower)));
  const Figures figures = summarize(trials, {.margin = 0.01});
  EXPECT_NE(text_of(figures).find("false alarms: 0 of 4"), std::string::npos);
  EXPECT_NE(text_of(figures).find("+2 % (really +2.000 %): found 2 of 2"), std::string::npos);
  const nlohmann::json json = figures;
  EXPECT_EQ(json.at("false_alarms").at("trials"), 4);
  EXPECT_EQ(json.at("planted").at(0).at("percent"), 2.0);
}

}  // namespace
}  // namespace qbench::selftest
