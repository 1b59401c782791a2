// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/looks.h"

#include <gtest/gtest.h>

#include "harness/engine/latency_phase.h"
#include "tests/harness/engine/lane_fixture.h"

namespace qbench::engine {
namespace {

TEST(LookPlanOfSettingsTest, TheErrorRateIsSplitOverTheLooks) {
  RunSettings settings;
  EXPECT_EQ(look_plan(settings).rounds, (std::vector<std::size_t>{40, 80, 160}));
  EXPECT_EQ(latency_options(settings).looks, 3U);
  settings.early_stop = false;
  EXPECT_EQ(look_plan(settings).rounds, (std::vector<std::size_t>{160}));
  EXPECT_EQ(latency_options(settings).looks, 1U);
}

TEST(LookPlanOfSettingsTest, TheMarginIsInPercent) {
  RunSettings settings;
  settings.margin_percent = 5.0;
  EXPECT_DOUBLE_EQ(latency_options(settings).margin, 0.05);
}

class LooksTest : public ::testing::Test {
 protected:
  LooksTest() { fixture_.settings.restart_rounds = 0; }

  /// Rounds that two lanes were given, the second measured against the first.
  int rounds_of(const testing::FakeScript& baseline, const testing::FakeScript& other) {
    for (const testing::FakeScript& script : {baseline, other}) {
      lanes_.push_back(fixture_.lane(script));
      EXPECT_TRUE(lanes_.back()->load() && lanes_.back()->warm_up(fixture_.feed()));
    }
    const std::vector<LanePair> pairs{{lanes_[1].get(), lanes_[0].get()}};
    const std::vector<Lane*> lanes{lanes_[0].get(), lanes_[1].get()};
    const TimeLimit limit(fixture_.settings.max_seconds);
    calibrate_lanes(lanes, limit, progress_);
    int most = 0;
    const EnoughRounds enough = [&](int done) {
      most = done;
      return enough_rounds(fixture_.settings, pairs, done);
    };
    run_latency_rounds(lanes, {.settings = fixture_.settings, .limit = limit, .enough = enough}, progress_);
    return most;
  }

  testing::LaneFixture fixture_;
  SilentProgress progress_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

TEST_F(LooksTest, AClearVerdictEndsTheRoundsAtTheFirstLook) {
  EXPECT_EQ(rounds_of({.latency_us = {50}}, {.latency_us = {100}}), 40);
}

TEST_F(LooksTest, WithoutEarlyStopAllRoundsAreRun) {
  fixture_.settings.early_stop = false;
  fixture_.settings.rounds = 50;
  EXPECT_EQ(rounds_of({.latency_us = {50}}, {.latency_us = {100}}), 50);
}

TEST_F(LooksTest, WithoutPairsNothingEndsTheRounds) { EXPECT_FALSE(enough_rounds(fixture_.settings, {}, 40)); }

}  // namespace
}  // namespace qbench::engine
