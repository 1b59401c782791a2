// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/lane.h"

#include <gtest/gtest.h>
#include <sched.h>

#include "harness/board/board_reader.h"
#include "harness/engine/latency_cpu.h"
#include "tests/harness/engine/lane_fixture.h"
#include "tests/support/recorded_tree.h"

namespace qbench::engine {
namespace {

class LaneTest : public ::testing::Test {
 protected:
  testing::LaneFixture fixture_;
};

TEST_F(LaneTest, ABlockKeepsEverySampleAndTheirTime) {
  fixture_.settings.restart_rounds = 0;
  const auto lane = fixture_.lane({.latency_us = {500}});
  ASSERT_TRUE(lane->load());
  ASSERT_TRUE(lane->warm_up(fixture_.feed()));
  ASSERT_TRUE(lane->run_calibration_block());
  lane->settle_block_size();
  ASSERT_TRUE(lane->run_block(0));
  ASSERT_TRUE(lane->run_block(1));
  const LaneRecord record = lane->finished();
  ASSERT_EQ(record.blocks.size(), 2U);
  EXPECT_EQ(record.blocks[1].round, 1);
  EXPECT_EQ(record.blocks[0].samples_ns.size(), static_cast<std::size_t>(record.timed));
  for (double ns : record.samples_ns()) EXPECT_GE(ns, 500'000.0);
  EXPECT_GE(record.first_invoke_ms, 0.5);
  EXPECT_GE(record.cpu_ms, 0.4);
  EXPECT_GT(record.memory.peak_steady, 0);
}

TEST_F(LaneTest, AtLeastTwoInvokesAreDroppedAndEightTimed) {
  const auto lane = fixture_.lane({.latency_us = {50}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  EXPECT_GE(lane->record().dropped, 2);
  EXPECT_GE(lane->record().timed, 8);
}

TEST_F(LaneTest, ABatchedBlockIsOneDroppedAndTwoTimed) {
  const auto lane = fixture_.lane({.latency_us = {50}}, 4);
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  EXPECT_EQ(lane->record().dropped, 1);
  EXPECT_EQ(lane->record().timed, 2);
}

TEST_F(LaneTest, ASlowModelGetsAShorterBlock) {
  fixture_.settings.max_block_seconds = 0.2;
  const auto lane = fixture_.lane({.latency_us = {50'000}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  EXPECT_GE(lane->record().timed, 1);
  EXPECT_LE(lane->record().dropped + lane->record().timed, 4);
}

TEST_F(LaneTest, ABatchThatIsRefusedIsUnsupported) {
  const auto lane = fixture_.lane({.max_batch = 1}, 64);
  EXPECT_FALSE(lane->load());
  EXPECT_EQ(lane->record().outcome.status, Status::kUnsupported);
  EXPECT_EQ(lane->record().outcome.stage, "load");
}

TEST_F(LaneTest, ACrashInABlockKeepsTheBlocksBeforeIt) {
  testing::FakeScript script;
  script.latency_us = {200};
  script.fault = "abort";
  script.good_invokes = 400;
  const auto lane = fixture_.lane(script);
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  int good = 0;
  while (lane->run_block(good)) ++good;
  EXPECT_EQ(lane->record().outcome.status, Status::kCrashed);
  EXPECT_EQ(lane->record().outcome.stage, "block");
  EXPECT_EQ(lane->record().blocks.size(), static_cast<std::size_t>(good));
  EXPECT_GT(good, 0);
}

TEST_F(LaneTest, ARestartIsAnotherProcessWithTheSameBlocks) {
  const auto lane = fixture_.lane({.latency_us = {50}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  ASSERT_TRUE(lane->run_block(0));
  const int timed = lane->record().timed;
  ASSERT_TRUE(lane->restart());
  ASSERT_TRUE(lane->run_block(1));
  EXPECT_EQ(lane->record().blocks[0].process, 0);
  EXPECT_EQ(lane->record().blocks[1].process, 1);
  EXPECT_EQ(lane->record().timed, timed);
}

TEST_F(LaneTest, PlantedWorkIsInsideTheTimedSpanAndItsShareIsKnown) {
  const auto lane = fixture_.lane({.latency_us = {100}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()));
  EXPECT_DOUBLE_EQ(lane->planted_log_ratio(), 0.0);
  lane->plant_work(100'000);  // a hundred microseconds or more on any machine of today
  ASSERT_TRUE(lane->run_calibration_block());
  lane->settle_block_size();
  ASSERT_TRUE(lane->run_block(0));
  EXPECT_GT(lane->planted_log_ratio(), 0.2);
  for (double ns : lane->record().samples_ns()) EXPECT_GT(ns, 120'000.0);
}

TEST_F(LaneTest, AMeterIsReadRoundEachBlock) {
  testing::RecordedTree tree;
  tree.file("sys/class/powercap/intel-rapl:0/name", "package-0")
      .file("sys/class/powercap/intel-rapl:0/energy_uj", "5000000")
      .file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850");
  const BoardLog board(read_board(tree.root()), tree.root(), Clock::now());
  fixture_.board = &board;
  const auto lane = fixture_.lane({.latency_us = {4000}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()) && lane->run_calibration_block());
  lane->settle_block_size();
  ASSERT_TRUE(lane->run_block(0));
  const EnergyUse energy = lane->finished().energy;
  EXPECT_EQ(energy.joules, 0.0) << energy.reason;  // the recorded counter stands still
  EXPECT_EQ(energy.meter, "package-0");
}

TEST_F(LaneTest, WithoutAMeterTheReasonIsKept) {
  testing::RecordedTree tree;
  const BoardLog board(read_board(tree.root()), tree.root(), Clock::now());
  fixture_.board = &board;
  const EnergyUse energy = fixture_.lane({})->finished().energy;
  EXPECT_FALSE(energy.joules);
  EXPECT_FALSE(energy.reason.empty());
}

TEST_F(LaneTest, AStretchLastsAboutAsLongAsAskedFor) {
  const auto lane = fixture_.lane({.latency_us = {1000}});
  ASSERT_TRUE(lane->load() && lane->warm_up(fixture_.feed()));
  (void)lane->run_stretch(0.05);  // the first invoke's time was a rough guess
  const std::vector<double> samples = lane->run_stretch(0.05);
  EXPECT_GE(samples.size(), 25U);
  EXPECT_LE(samples.size(), 50U);
  EXPECT_TRUE(lane->record().blocks.empty());
}

TEST_F(LaneTest, AWorkerOfOneThreadStaysOnTheLatencyCpu) {
  fixture_.latency_cpu = latency_cpu(fixture_.settings);
  const auto lane = fixture_.lane({});
  ASSERT_TRUE(lane->load()) << lane->record().outcome.reason;
  EXPECT_EQ(lane->record().cpu, fixture_.latency_cpu);
}

TEST_F(LaneTest, AWorkerOfSeveralThreadsMayRunAnywhere) {
  fixture_.latency_cpu = CPU_SETSIZE - 1;  // no machine has it: a worker that was put there would not start
  const auto lane = fixture_.lane({}, 1, 2);
  ASSERT_TRUE(lane->load()) << lane->record().outcome.reason;
  EXPECT_EQ(lane->record().cpu, std::nullopt);
}

}  // namespace
}  // namespace qbench::engine
