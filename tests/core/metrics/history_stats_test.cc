// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/history_stats.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

std::vector<double> night_of(double centre, double spread, std::size_t rounds = 20) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < rounds; ++i) {
    ratios.push_back(centre + spread * (2.0 * static_cast<double>(i) / static_cast<double>(rounds - 1) - 1.0));
  }
  return ratios;
}

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

TEST(HistoryStatsTest, ANightAlarmsOnACertainAndLargeChangeOnly) {
  EXPECT_EQ(judge_night(night_of(0.02, 0.01)).answer, NightAnswer::kSlower);
  EXPECT_EQ(judge_night(night_of(-0.02, 0.01)).answer, NightAnswer::kFaster);
  EXPECT_EQ(judge_night(night_of(0.02, 0.2)).answer, NightAnswer::kQuiet) << "not certain";
  EXPECT_EQ(judge_night(night_of(0.009, 0.001)).answer, NightAnswer::kQuiet) << "certain, but below 1 %";
  EXPECT_EQ(judge_night(night_of(0.0, 0.001)).answer, NightAnswer::kQuiet);
}

TEST(HistoryStatsTest, ANightOfTwentyRoundsUsesTheThirdLowest) {
  const std::vector<double> ratios = night_of(0.02, 0.01);
  const NightVerdict verdict = judge_night(ratios);
  EXPECT_EQ(verdict.interval->low, ratios[2]);
  EXPECT_EQ(verdict.interval->high, ratios[17]);
  expect_close(verdict.estimate, 0.02);
}

TEST(HistoryStatsTest, SwappingTheBuildsSwapsTheAnswer) {
  NoisyMachine machine(3);
  for (int night = 0; night < 100; ++night) {
    const std::vector<double> ratios = interleaved_ratios(machine, 20, 0.02 * (night % 3 - 1));
    const NightVerdict verdict = judge_night(ratios);
    const NightVerdict mirrored = judge_night(negated(ratios));
    EXPECT_EQ(verdict.answer == NightAnswer::kSlower, mirrored.answer == NightAnswer::kFaster);
    EXPECT_EQ(verdict.answer == NightAnswer::kQuiet, mirrored.answer == NightAnswer::kQuiet);
  }
}

TEST(HistoryStatsTest, AShortNightIsInsufficient) {
  EXPECT_EQ(judge_night({}).answer, NightAnswer::kInsufficient);
  EXPECT_EQ(judge_night({}).estimate, 0.0);
  EXPECT_EQ(judge_night(night_of(0.1, 0.0001, 9)).answer, NightAnswer::kInsufficient);
  EXPECT_EQ(judge_night(night_of(0.1, 0.0001, 10)).answer, NightAnswer::kSlower);
  usage_error([] { (void)judge_night(std::vector{std::nan("")}); });
}

TEST(HistoryStatsTest, CreepEqualsFrozenValues) {
  const nlohmann::json fixture = frozen("history");
  const std::vector<CreepNight> nights = detect_creep(doubles(fixture.at("series")));
  ASSERT_EQ(nights.size(), fixture.at("sums").size());
  for (std::size_t t = 0; t < nights.size(); ++t) {
    expect_close(nights[t].sum, fixture.at("sums").at(t), "night " + std::to_string(t));
    EXPECT_EQ(nights[t].alarm, fixture.at("alarms").at(t).get<bool>()) << t;
  }
  EXPECT_TRUE(std::ranges::any_of(nights, &CreepNight::alarm)) << "the frozen series creeps";
}

TEST(HistoryStatsTest, SlowCreepIsFoundAndNoiseIsNot) {
  Random random(8);
  int false_alarms = 0;
  int found = 0;
  constexpr int kSeries = 100;
  for (int i = 0; i < kSeries; ++i) {
    std::vector<double> steady(120);
    for (double& y : steady) y = 0.001 * normal_draw(random);
    std::vector<double> creeping = steady;
    for (std::size_t t = 40; t < creeping.size(); ++t) creeping[t] += 0.0005 * static_cast<double>(t - 40);
    const auto alarms = [](const std::vector<double>& series) {
      return std::ranges::any_of(detect_creep(series), &CreepNight::alarm);
    };
    if (alarms(steady)) ++false_alarms;
    if (alarms(creeping)) ++found;
  }
  EXPECT_EQ(false_alarms, 0);
  EXPECT_EQ(found, kSeries);
}

TEST(HistoryStatsTest, CreepNeedsABaseline) {
  const std::vector<CreepNight> young = detect_creep(std::vector<double>(20, 0.5));
  for (const CreepNight& night : young) {
    EXPECT_EQ(night.sum, 0.0);
    EXPECT_FALSE(night.alarm);
  }
  EXPECT_TRUE(detect_creep({}).empty());
  usage_error([] { (void)detect_creep(std::vector{1.0, std::nan("")}); });
  usage_error([] { (void)detect_creep({}, {.baseline_nights = 0}); });
}

TEST(HistoryStatsTest, AConstantSeriesNeverDividesByZero) {
  for (const CreepNight& night : detect_creep(std::vector<double>(50, 0.0))) EXPECT_EQ(night.z, 0.0);
}

TEST(HistoryStatsTest, OneWildNightDoesNotAlarm) {
  Random random(4);
  std::vector<double> series(60);
  for (double& y : series) y = 0.001 * normal_draw(random);
  series[40] = 0.3;
  series[50] = -0.3;
  const std::vector<CreepNight> nights = detect_creep(series);
  EXPECT_EQ(nights[40].z, 4.0);
  EXPECT_EQ(nights[50].z, -4.0);
  EXPECT_FALSE(std::ranges::any_of(nights, &CreepNight::alarm));
}

TEST(HistoryStatsTest, MachineChangeEqualsFrozenValues) {
  const nlohmann::json fixture = frozen("history");
  const auto change = detect_machine_change(doubles(fixture.at("times")));
  ASSERT_TRUE(change);
  expect_close(change->shift, fixture.at("shift"));
  expect_close(change->threshold, fixture.at("threshold"));
  EXPECT_FALSE(change->changed);
}

TEST(HistoryStatsTest, AJumpOfTheReferenceIsTheMachine) {
  std::vector<double> times(30, 0.2);
  for (std::size_t i = 0; i < times.size(); ++i) times[i] *= i % 2 == 0 ? 1.001 : 0.999;
  times.push_back(0.2 * 1.12);
  const auto slower = detect_machine_change(times);
  EXPECT_TRUE(slower->changed);
  EXPECT_NEAR(slower->shift, std::log(1.12), 0.002);
  times.back() = 0.2 * 0.85;
  EXPECT_TRUE(detect_machine_change(times)->changed);
  times.back() = 0.2 * 1.03;
  EXPECT_FALSE(detect_machine_change(times)->changed);
}

TEST(HistoryStatsTest, AMachineThatAlwaysWandersNeedsABiggerJump) {
  Random random(6);
  std::vector<double> times(30);
  for (double& time : times) time = std::exp(0.05 * normal_draw(random));
  times.push_back(1.12 * std::exp(median(times) - 1.0));
  const auto change = detect_machine_change(times);
  EXPECT_GT(change->threshold, 0.12);
  EXPECT_FALSE(change->changed);
}

TEST(HistoryStatsTest, MachineChangeNeedsNightsBefore) {
  EXPECT_FALSE(detect_machine_change({}));
  EXPECT_FALSE(detect_machine_change(std::vector<double>(5, 1.0)));
  EXPECT_TRUE(detect_machine_change(std::vector<double>(6, 1.0)));
  usage_error([] { (void)detect_machine_change(std::vector{1.0, 0.0}); });
}

}  // namespace
}  // namespace qbench::metrics
