// SPDX-License-Identifier: Apache-2.0
// Replays simulated histories through the nightly method: quiet and noisy nights, nights that go wrong altogether, and
// a code change in the middle of some of them.
#include <algorithm>
#include <cmath>

#include "core/metrics/change_points.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/history_stats.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kNights = 120;
constexpr std::size_t kStepNight = 60;
constexpr std::size_t kRounds = 20;

struct Replay {
  std::vector<double> ratios;        ///< the night's estimate
  std::vector<bool> alarms;          ///< confirmed by the second run
  std::vector<double> reference_ms;  ///< absolute time of the pinned reference
};

/// One run of one night: 70 % of the nights are quiet, the rest share the machine; one in thirty has a neighbour that
/// comes and goes with single blocks.
std::vector<double> run_night(Random& random, double noise, bool is_wild, double effect) {
  NoisyMachine machine(random.below(1ULL << 60), noise);
  std::vector<double> ratios = interleaved_ratios(machine, kRounds, effect);
  if (!is_wild) return ratios;
  for (double& ratio : ratios) ratio += (random.coin() ? 1.0 : -1.0) * 0.4 * random.unit();
  return ratios;
}

Replay replay(std::uint64_t seed, double effect) {
  Random random(seed);
  Replay result;
  for (std::size_t night = 0; night < kNights; ++night) {
    const double noise = random.unit() < 0.7 ? 0.003 : 0.012;
    const bool is_wild = random.below(30) == 0;
    const double now = night >= kStepNight ? effect : 0.0;
    const NightVerdict first = judge_night(run_night(random, noise, is_wild, now));
    const NightVerdict again = judge_night(run_night(random, noise, is_wild, now));
    result.ratios.push_back(first.estimate);
    result.alarms.push_back(first.answer == NightAnswer::kSlower && again.answer == NightAnswer::kSlower);
    // The machine itself wanders from night to night far more than the ratio does.
    result.reference_ms.push_back(0.9 * std::exp(0.02 * normal_draw(random)));
  }
  return result;
}

TEST(HistoryReplayTest, FalseAlarmsStayBelowHalfAPerHundredNights) {
  constexpr std::size_t kHistories = 25;
  std::size_t false_alarms = 0;
  std::size_t creep_alarms = 0;
  std::size_t change_points = 0;
  for (std::uint64_t seed = 0; seed < kHistories; ++seed) {
    const Replay history = replay(seed, 0.0);
    false_alarms += static_cast<std::size_t>(std::ranges::count(history.alarms, true));
    creep_alarms +=
        static_cast<std::size_t>(std::ranges::count(detect_creep(history.ratios), true, &CreepNight::alarm));
    change_points += find_change_points(history.ratios).size();
  }
  const double hundreds = static_cast<double>(kHistories * kNights) / 100.0;
  EXPECT_LE(static_cast<double>(false_alarms) / hundreds, 0.5);
  EXPECT_LE(static_cast<double>(creep_alarms) / hundreds, 0.5);
  EXPECT_LE(static_cast<double>(change_points) / hundreds, 0.5);
}

TEST(HistoryReplayTest, AStepOfTwoPercentIsFoundWithinTwoNights) {
  constexpr std::size_t kHistories = 25;
  std::size_t found = 0;
  std::size_t attributed = 0;
  std::size_t early = 0;
  for (std::uint64_t seed = 100; seed < 100 + kHistories; ++seed) {
    const Replay history = replay(seed, std::log(1.02));
    const auto step = history.alarms.begin() + kStepNight;
    early += static_cast<std::size_t>(std::count(history.alarms.begin(), step, true));
    if (std::find(step, step + 3, true) != step + 3) ++found;
    for (const ChangePoint& point : find_change_points(history.ratios)) {
      if (point.index + 2 >= kStepNight && point.index <= kStepNight + 2) ++attributed;
    }
  }
  EXPECT_GE(found, kHistories * 9 / 10);
  EXPECT_GE(attributed, kHistories * 8 / 10);
  EXPECT_LE(early, kHistories * kStepNight / 200);
}

TEST(HistoryReplayTest, AWanderingMachineIsNotARegression) {
  std::size_t machine_changes = 0;
  constexpr std::size_t kHistories = 20;
  for (std::uint64_t seed = 200; seed < 200 + kHistories; ++seed) {
    const Replay history = replay(seed, 0.0);
    for (std::size_t night = 20; night < kNights; ++night) {
      const auto change = detect_machine_change(std::span(history.reference_ms).first(night + 1));
      if (change && change->changed) ++machine_changes;
    }
  }
  EXPECT_LE(machine_changes, kHistories * 100 / 200);
}

}  // namespace
}  // namespace qbench::metrics
