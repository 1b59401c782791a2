// SPDX-License-Identifier: Apache-2.0
#include "reports/history/judge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/metrics/random.h"

namespace qbench::reports::history {
namespace {

/// Points as the store hands them out.
class Series {
 public:
  /// A night whose interval is the estimate -+ 0.3 %.
  Series& night(double estimate, double reference_ns = 200e3) {
    SeriesPoint point;
    point.run = static_cast<RunId>(points_.size()) + 1;
    point.created = point.run * 86400;
    point.rounds = 40;
    point.estimate = estimate;
    point.interval = metrics::Interval{estimate - 0.003, estimate + 0.003};
    point.answer = metrics::night_answer(estimate, *point.interval);
    point.reference_ns = reference_ns;
    points_.push_back(point);
    return *this;
  }
  Series& nights(int count, double level) {
    for (int i = 0; i < count; ++i) night(level + 1e-3 * (random_.unit() - 0.5));
    return *this;
  }
  /// The second look at the last night.
  Series& confirm(double estimate) {
    const RunId last = points_.back().confirms.value_or(points_.back().run);
    night(estimate);
    points_.back().confirms = last;
    return *this;
  }
  Series& failed() {
    night(0.0);
    points_.back().estimate.reset();
    points_.back().interval.reset();
    points_.back().reference_ns.reset();
    return *this;
  }
  [[nodiscard]] SeriesJudgement judge(SeriesKind kind = SeriesKind::kNight, bool reference_changed = false) const {
    return judge_series(points_, kind, reference_changed);
  }
  [[nodiscard]] SeriesState state() const { return judge().state; }

 private:
  std::vector<SeriesPoint> points_;
  metrics::Random random_{3};
};

TEST(JudgeTest, QuietNightsAreQuiet) { EXPECT_EQ(Series().nights(60, 0.0).state(), SeriesState::kQuiet); }

TEST(JudgeTest, NothingIsSaidOfNothing) {
  EXPECT_EQ(Series().state(), SeriesState::kInsufficient);
  EXPECT_EQ(Series().judge().night, 0);
}

TEST(JudgeTest, ASlowNightIsToBeConfirmedThenCounts) {
  Series series;
  series.nights(5, 0.0).night(0.02);
  EXPECT_EQ(series.state(), SeriesState::kConfirmNeeded);
  series.confirm(0.021);
  const SeriesJudgement judgement = series.judge();
  EXPECT_EQ(judgement.state, SeriesState::kSlower);
  EXPECT_EQ(judgement.night, 6);
  EXPECT_EQ(judgement.confirmed_by, 7);
  EXPECT_EQ(judgement.since->first, 6);
  EXPECT_EQ(judgement.since->before, 5);
  EXPECT_FALSE(judgement.since->change_point);
}

TEST(JudgeTest, TheFirstSecondLookDecides) {
  Series series;
  series.nights(5, 0.0).night(0.02).confirm(0.0).confirm(0.02);
  EXPECT_EQ(series.state(), SeriesState::kNotConfirmed);
}

TEST(JudgeTest, AChangeBelowOnePercentNeverAlarms) {
  EXPECT_EQ(Series().nights(10, 0.0).night(0.0095).state(), SeriesState::kQuiet);
}

TEST(JudgeTest, FasterIsNoAlarm) {
  const SeriesJudgement judgement = Series().nights(10, 0.0).night(-0.05).judge();
  EXPECT_EQ(judgement.state, SeriesState::kFaster);
  EXPECT_TRUE(judgement.since);
}

TEST(JudgeTest, AStepIsAttributedToItsNightDaysLater) {
  Series series;
  series.nights(30, 0.0).nights(5, 0.02).confirm(0.02);
  const SeriesJudgement judgement = series.judge();
  EXPECT_EQ(judgement.state, SeriesState::kSlower);
  ASSERT_TRUE(judgement.since);
  EXPECT_TRUE(judgement.since->change_point);
  EXPECT_EQ(judgement.since->first, 31);
  EXPECT_EQ(judgement.since->before, 30);
  EXPECT_NEAR(judgement.since->to, 0.02, 0.001);
}

TEST(JudgeTest, CreepIsFoundThoughNoNightAlarms) {
  Series series;
  series.nights(25, 0.0);
  for (int i = 0; i < 8; ++i) series.night(0.0105).confirm(0.0095);
  EXPECT_EQ(series.state(), SeriesState::kCreep);
}

TEST(JudgeTest, AJumpOfTheReferenceIsTheMachine) {
  Series series;
  series.nights(20, 0.0).night(0.05, 300e3);
  const SeriesJudgement judgement = series.judge();
  EXPECT_EQ(judgement.state, SeriesState::kMachineChanged);
  EXPECT_NEAR(*judgement.machine_shift, std::log(1.5), 0.01);
}

TEST(JudgeTest, TheNightAfterTheMachineChangedIsJudgedAgain) {
  Series series;
  series.nights(20, 0.0).night(0.0, 300e3).night(0.03, 301e3);
  EXPECT_EQ(series.state(), SeriesState::kConfirmNeeded);
}

TEST(JudgeTest, AnotherReferenceNeedsAPin) {
  EXPECT_EQ(Series().nights(5, 0.0).night(0.05).judge(SeriesKind::kNight, true).state, SeriesState::kReferenceChanged);
}

TEST(JudgeTest, AFailedNightIsNotMeasuredAndDoesNotHideTheNext) {
  Series series;
  series.nights(5, 0.0).failed();
  EXPECT_EQ(series.state(), SeriesState::kNotMeasured);
  EXPECT_EQ(series.judge().nights, 5U);
  EXPECT_EQ(series.night(0.0).state(), SeriesState::kQuiet);
}

TEST(JudgeTest, FewRoundsAreInsufficient) {
  std::vector<SeriesPoint> points(1);
  points[0].run = 1;
  points[0].estimate = 0.1;
  points[0].rounds = 4;
  EXPECT_EQ(judge_series(points, SeriesKind::kNight).state, SeriesState::kInsufficient);
}

TEST(JudgeTest, AVariantIsJudgedAgainstItsUsualRatio) {
  Series series;
  series.nights(4, -0.8);
  EXPECT_EQ(series.judge(SeriesKind::kVariant).state, SeriesState::kInsufficient);
  series.nights(10, -0.8);
  EXPECT_EQ(series.judge(SeriesKind::kVariant).state, SeriesState::kQuiet);
  series.night(-0.77);
  const SeriesJudgement judgement = series.judge(SeriesKind::kVariant);
  EXPECT_EQ(judgement.state, SeriesState::kConfirmNeeded);
  EXPECT_NEAR(judgement.level, -0.8, 0.001);
  EXPECT_NEAR(*judgement.estimate, 0.03, 0.001);
}

TEST(JudgeTest, EveryStateHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(SeriesState::kSlower); ++i) {
    names.insert(series_state_name(static_cast<SeriesState>(i)));
  }
  EXPECT_EQ(names.size(), 10U);
}

}  // namespace
}  // namespace qbench::reports::history
