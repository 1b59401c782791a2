// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_phase.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/metrics/descriptive.h"
#include "harness/board/board_reader.h"
#include "tests/harness/engine/lane_fixture.h"
#include "tests/support/recorded_tree.h"

namespace qbench::engine {
namespace {

class LinesOfProgress : public SilentProgress {
 public:
  void note(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

class LatencyPhaseTest : public ::testing::Test {
 protected:
  Lane* ready_lane(const testing::FakeScript& script) {
    lanes_.push_back(fixture_.lane(script));
    Lane* lane = lanes_.back().get();
    EXPECT_TRUE(lane->load() && lane->warm_up(fixture_.feed()));
    return lane;
  }

  void run(const std::vector<Lane*>& lanes, const EnoughRounds& enough = {}) {
    const TimeLimit limit(fixture_.settings.max_seconds);
    calibrate_lanes(lanes, limit, progress_);
    run_latency_rounds(lanes, {.settings = fixture_.settings, .limit = limit, .seed = 7, .enough = enough}, progress_);
  }

  template <typename Work>
  static double seconds_of(const Work& work) {
    const Clock::time_point start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  testing::LaneFixture fixture_;
  SilentProgress progress_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

TEST_F(LatencyPhaseTest, EveryLaneGivesABlockInEveryRound) {
  fixture_.settings.rounds = 6;
  Lane* const a = ready_lane({.latency_us = {100}});
  Lane* const b = ready_lane({.latency_us = {200}});
  run({a, b});
  ASSERT_EQ(a->record().blocks.size(), 6U);
  ASSERT_EQ(b->record().blocks.size(), 6U);
  for (int round = 0; round < 6; ++round) EXPECT_EQ(b->record().blocks[static_cast<std::size_t>(round)].round, round);
}

TEST_F(LatencyPhaseTest, TheOrderWithinARoundChanges) {
  fixture_.settings.rounds = 20;
  fixture_.settings.restart_rounds = 0;
  Lane* const a = ready_lane({});
  Lane* const b = ready_lane({});
  run({a, b});
  int a_first = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    a_first += a->record().blocks[i].start_s < b->record().blocks[i].start_s ? 1 : 0;
  }
  EXPECT_GT(a_first, 2);
  EXPECT_LT(a_first, 18);
}

TEST_F(LatencyPhaseTest, APlantedSlowDownIsSeen) {
  fixture_.settings.rounds = 10;
  Lane* const fast = ready_lane({.latency_us = {300}});
  Lane* const slow = ready_lane({.latency_us = {450}});
  run({fast, slow});
  const double ratio = metrics::median(slow->record().samples_ns()) / metrics::median(fast->record().samples_ns());
  EXPECT_NEAR(ratio, 1.5, 0.1);
}

TEST_F(LatencyPhaseTest, ALaneThatFailsLeavesTheOthersAlone) {
  fixture_.settings.rounds = 8;
  testing::FakeScript broken;
  broken.fault = "abort";
  broken.good_invokes = 100;  // fewer than a calibration block
  Lane* const bad = ready_lane(broken);
  Lane* const good = ready_lane({});
  run({bad, good});
  EXPECT_EQ(good->record().blocks.size(), 8U);
  EXPECT_TRUE(good->ok());
  EXPECT_EQ(bad->record().outcome.status, Status::kCrashed);
}

TEST_F(LatencyPhaseTest, TheTimeLimitEndsTheRounds) {
  fixture_.settings.rounds = 10000;
  fixture_.settings.restart_rounds = 0;
  fixture_.settings.max_seconds = 0.6;
  Lane* const lane = ready_lane({.latency_us = {200}});
  EXPECT_LT(seconds_of([&] { run({lane}); }), 1.5);
  EXPECT_GE(lane->record().blocks.size(), 10U);
  EXPECT_FALSE(lane->is_cut_short());
}

TEST_F(LatencyPhaseTest, StartsBeforeTheFirstRoundAreNoReasonToEndAfterIt) {
  fixture_.settings.rounds = 6;
  fixture_.settings.restart_rounds = 1;
  fixture_.settings.max_seconds = 3.0;
  Lane* const lane = ready_lane({.latency_us = {1}});
  const TimeLimit limit(fixture_.settings.max_seconds);
  calibrate_lanes({lane}, limit, progress_);
  LatencyRounds rounds({lane}, {.settings = fixture_.settings, .limit = limit}, progress_);
  rounds.rest();  // as between two visits: its process, far longer to start than a block takes, is gone
  rounds.visit(6);
  EXPECT_EQ(lane->record().blocks.size(), 6U);
}

TEST_F(LatencyPhaseTest, RestingLanesGoOnWithFreshProcesses) {
  fixture_.settings.rounds = 6;
  fixture_.settings.restart_rounds = 1;
  Lane* const lane = ready_lane({.latency_us = {50}});
  TimeLimit limit(fixture_.settings.max_seconds);
  calibrate_lanes({lane}, limit, progress_);
  LatencyRounds rounds({lane}, {.settings = fixture_.settings, .limit = limit}, progress_);
  rounds.visit(2);
  EXPECT_FALSE(rounds.done());
  rounds.rest();
  EXPECT_FALSE(lane->is_running());
  limit.pause();
  const double spent_s = limit.spent_s();
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(limit.spent_s(), spent_s);
  limit.resume();
  rounds.visit(10);
  EXPECT_TRUE(rounds.done());
  EXPECT_EQ(rounds.rounds_done(), 6);
  EXPECT_EQ(lane->record().blocks.size(), 6U);
  EXPECT_NE(lane->record().blocks[1].process, lane->record().blocks[2].process);
}

TEST_F(LatencyPhaseTest, TheTimeLimitBoundsCalibrationAndTheFewestRoundsToo) {
  fixture_.settings.restart_rounds = 0;
  fixture_.settings.max_seconds = 0.4;
  Lane* const lane = ready_lane({.latency_us = {40'000}});
  EXPECT_LT(seconds_of([&] { run({lane}); }), 1.5);  // 7 s without
  EXPECT_GE(lane->record().blocks.size(), 1U);
  EXPECT_LT(lane->record().blocks.size(), 10U);
  EXPECT_NE(lane->record().cut_short.find("a verdict takes 10; --max-seconds"), std::string::npos);
}

TEST_F(LatencyPhaseTest, ALaneGetsOneRoundWhateverTheLimit) {
  fixture_.settings.max_seconds = 0.001;
  Lane* const lane = ready_lane({.latency_us = {20'000}});
  EXPECT_LT(seconds_of([&] { run({lane}); }), 1.0);
  EXPECT_EQ(lane->record().blocks.size(), 1U);
  EXPECT_EQ(lane->record().blocks[0].samples_ns.size(), 1U);
}

TEST_F(LatencyPhaseTest, ASlowLaneLeavesTheOthersTheirRounds) {
  fixture_.settings.rounds = 12;
  fixture_.settings.restart_rounds = 0;
  fixture_.settings.max_seconds = 1.2;
  Lane* const fast = ready_lane({.latency_us = {200}});
  Lane* const slow = ready_lane({.latency_us = {100'000}});
  run({fast, slow});
  EXPECT_EQ(fast->record().blocks.size(), 12U);
  EXPECT_FALSE(fast->is_cut_short());
  EXPECT_LT(slow->record().blocks.size(), 10U);
  EXPECT_TRUE(slow->is_cut_short());
}

TEST_F(LatencyPhaseTest, AnEstimateIsNotedBeforeTheRounds) {
  fixture_.settings.rounds = 2;
  Lane* const lane = ready_lane({});
  LinesOfProgress noted;
  const TimeLimit limit(fixture_.settings.max_seconds);
  calibrate_lanes({lane}, limit, noted);
  run_latency_rounds({lane}, {.settings = fixture_.settings, .limit = limit}, noted);
  ASSERT_EQ(noted.lines.size(), 1U);
  EXPECT_NE(noted.lines[0].find("for up to 2 rounds of 1 cell; limit 120 s"), std::string::npos) << noted.lines[0];
}

TEST_F(LatencyPhaseTest, EnoughRoundsEndThePhase) {
  fixture_.settings.rounds = 50;
  Lane* const lane = ready_lane({});
  run({lane}, [](int done) { return done == 4; });
  EXPECT_EQ(lane->record().blocks.size(), 4U);
}

TEST_F(LatencyPhaseTest, BoardIsSampledBetweenTheRoundsAndNotInThem) {
  testing::RecordedTree tree;
  BoardLog board(read_board(tree.root()), tree.root(), Clock::now(), std::chrono::milliseconds(0));
  fixture_.settings.rounds = 5;
  Lane* const a = ready_lane({});
  Lane* const b = ready_lane({});
  const TimeLimit limit(fixture_.settings.max_seconds);
  calibrate_lanes({a, b}, limit, progress_);
  run_latency_rounds({a, b}, {.settings = fixture_.settings, .limit = limit, .seed = 7, .board = &board}, progress_);
  EXPECT_EQ(board.series().size(), 5U);
}

TEST_F(LatencyPhaseTest, ProcessesAreRestartedOnSchedule) {
  fixture_.settings.rounds = 6;
  fixture_.settings.restart_rounds = 2;
  Lane* const lane = ready_lane({});
  run({lane});
  ASSERT_EQ(lane->record().blocks.size(), 6U);
  const int first = lane->record().blocks[0].process;
  EXPECT_EQ(lane->record().blocks[1].process, first);
  EXPECT_EQ(lane->record().blocks[2].process, first + 1);
  EXPECT_EQ(lane->record().blocks[5].process, first + 2);
}

TEST_F(LatencyPhaseTest, EveryRoundBeginsWithFreshProcesses) {
  fixture_.settings.rounds = 3;
  Lane* const lane = ready_lane({});
  run({lane});
  const std::vector<BlockRecord>& blocks = lane->record().blocks;
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[1].process, blocks[0].process + 1);
  EXPECT_EQ(blocks[2].process, blocks[0].process + 2);
}

TEST_F(LatencyPhaseTest, ASmallModelTakesSeveralTurnsARound) {
  fixture_.settings.rounds = 2;
  Lane* const lane = ready_lane({.latency_us = {50}});
  run({lane});
  const LaneRecord& record = lane->record();
  EXPECT_GT(record.turns, 1);
  for (const BlockRecord& block : record.blocks) EXPECT_EQ(std::ssize(block.samples_ns), record.turns * record.timed);
}

TEST(TurnsTest, ACheapBlockIsRepeatedAndADearOneIsNot) {
  EXPECT_EQ(turns_a_round(0.060, 0.006), 5);
  EXPECT_EQ(turns_a_round(0.060, 0.600), 1);
  EXPECT_EQ(turns_a_round(10.0, 0.001), 8);
  EXPECT_EQ(turns_a_round(0.0, 0.006), 1);
  EXPECT_EQ(turns_a_round(0.060, 0.0), 1);
}

TEST_F(LatencyPhaseTest, LanesOfAboutTheSameSpeedGetEqualBlocks) {
  Lane* const a = ready_lane({.latency_us = {200, 200, 200, 200, 200, 200, 200, 300}});
  Lane* const b = ready_lane({.latency_us = {250}});
  Lane* const slow = ready_lane({.latency_us = {20'000}});
  calibrate_lanes({a, b, slow}, TimeLimit(fixture_.settings.max_seconds), progress_);
  EXPECT_EQ(a->record().dropped, b->record().dropped);
  EXPECT_EQ(a->record().timed, b->record().timed);
  EXPECT_LE(slow->record().dropped, 5);  // 100 ms
}

}  // namespace
}  // namespace qbench::engine
