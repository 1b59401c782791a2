// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/round_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RoundBudgetTest, AVerdictNeedsTenRoundsOrMinRounds) {
  RunSettings settings;
  EXPECT_EQ(rounds_needed(settings), 10);
  settings.min_rounds = 25;
  EXPECT_EQ(rounds_needed(settings), 25);
  settings.min_rounds = 2;
  EXPECT_EQ(rounds_needed(settings), 10);
  settings.rounds = 6;
  EXPECT_EQ(rounds_needed(settings), 6);
}

TEST(RoundBudgetTest, WhereTheFewestRoundsFitAllMayBeRun) {
  EXPECT_THAT(share_rounds({1.0, 2.0}, 30.0, {}), ElementsAre(160, 160));
}

TEST(RoundBudgetTest, ASlowLaneGetsWhatTheOthersLeave) {
  // 10 rounds of the fast lane take 1 s of the 30; 14 rounds of 2 s and 2 of 10 s would fit into the rest.
  EXPECT_THAT(share_rounds({10.0, 0.1}, 30.0, {}), ElementsAre(2, 160));
  EXPECT_THAT(share_rounds({2.0, 0.1, 10.0}, 43.0, {}), ElementsAre(160, 160, 2));
}

TEST(RoundBudgetTest, EveryLaneGetsOneRound) {
  EXPECT_THAT(share_rounds({100.0, 50.0}, 5.0, {}), ElementsAre(1, 1));
  EXPECT_THAT(share_rounds({1.0}, -3.0, {}), ElementsAre(1));
  EXPECT_THAT(share_rounds({100.0, 1.0}, 5.0, {.least = 0}), ElementsAre(0, 2)) << "but no second one";
}

TEST(RoundBudgetTest, TheEstimateNamesTimeRoundsAndLimit) {
  const RoundsEstimate estimate{
      .batch = 64, .spent_s = 15.0, .cells = {"a", "b"}, .round_s = {0.3, 0.2}, .rounds = {160, 160}};
  EXPECT_EQ(estimate_text(estimate, {}), "batch 64: about 95 s for up to 160 rounds of 2 cells; limit 120 s");
}

TEST(RoundBudgetTest, AnEstimateBeyondTheLimitSaysHowManyRoundsItHolds) {
  const RoundsEstimate estimate{.batch = 1, .spent_s = 20.0, .cells = {"a"}, .round_s = {2.0}, .rounds = {160}};
  EXPECT_EQ(estimate_text(estimate, {}),
            "batch 1: about 340 s for up to 160 rounds of 1 cell; limit 120 s, which holds about 50");
}

TEST(RoundBudgetTest, CellsWithoutAVerdictAreNamedWithTheLimitThatWouldDo) {
  const RoundsEstimate estimate{
      .batch = 64, .spent_s = 20.0, .cells = {"fp32", "int8"}, .round_s = {30.0, 1.0}, .rounds = {2, 160}};
  const std::string text = estimate_text(estimate, {});
  EXPECT_THAT(text, HasSubstr("too short for a verdict on fp32 (2 rounds); --max-seconds 530 would do"));
  EXPECT_THAT(text, Not(HasSubstr("int8 (")));
}

TEST(RoundBudgetTest, ACutLaneSaysWhy) {
  EXPECT_EQ(cut_short_text(1, 0.0, 5.0, {}),
            "the time limit of 120 s held 1 round, a verdict takes 10; --max-seconds 90 would do");
}

}  // namespace
}  // namespace qbench::engine
