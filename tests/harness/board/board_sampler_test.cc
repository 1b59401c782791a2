// SPDX-License-Identifier: Apache-2.0
#include "harness/board/board_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/board/board_reader.h"
#include "tests/harness/board/sample_boards.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(BoardSamplerTest, ReadsClocksHeatTicksAndThrottleWord) {
  RecordedTree tree;
  testing::write_raspberry_pi_4(tree);
  const BoardSampler sampler(read_board(tree.root()), tree.root());
  const BoardSample sample = sampler.sample();
  EXPECT_THAT(sample.frequency_khz, ElementsAre(Pair("policy0", 600000)));
  EXPECT_THAT(sample.celsius, ElementsAre(Pair("thermal_zone0", 61.355)));
  EXPECT_EQ(sample.firmware_throttle_word, 0x50005U);
  EXPECT_EQ(sample.cpu_ticks, 9620U);
  EXPECT_EQ(sample.idle_ticks, 8100U);
  EXPECT_GT(sample.time_ns, 0);
}

TEST(BoardSamplerTest, SeesWhatChangedBetweenTwoSamples) {
  RecordedTree tree;
  testing::write_x86_laptop(tree);
  const Board board = read_board(tree.root());
  const BoardSampler sampler(board, tree.root());
  const BoardSample before = sampler.sample();
  tree.file("sys/class/powercap/intel-rapl:0/energy_uj", "7500000");
  tree.file("sys/devices/system/cpu/cpu3/thermal_throttle/core_throttle_count", "3");
  tree.file("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "4200000");
  const std::vector<BoardSample> samples = {before, sampler.sample()};
  EXPECT_EQ(samples[1].frequency_khz.at("policy0"), 4200000);
  EXPECT_DOUBLE_EQ(energy_over(board.energy, samples).joules.value(), 2.5);
  EXPECT_TRUE(disturbance_in(board, samples).throttled);
}

TEST(BoardSamplerTest, MultipliesCurrentAndVoltageOfAnIna3221) {
  RecordedTree tree;
  testing::write_big_little(tree);
  const BoardSampler sampler(read_board(tree.root()), tree.root());
  EXPECT_THAT(sampler.sample().power_microwatts,
              ElementsAre(Pair("ina3221 VDD_CPU_GPU", 1600000U), Pair("ina3221 VDD_IN", 6320000U)));
}

TEST(BoardSamplerTest, FileThatDisappearsLeavesNoEntry) {
  RecordedTree tree;
  testing::write_raspberry_pi_4(tree);
  const BoardSampler sampler(read_board(tree.root()), tree.root());
  tree.remove("sys/class/thermal").remove("sys/devices/platform").remove("proc/stat");
  const BoardSample sample = sampler.sample();
  EXPECT_THAT(sample.celsius, IsEmpty());
  EXPECT_FALSE(sample.firmware_throttle_word.has_value());
  EXPECT_EQ(sample.cpu_ticks, 0U);
}

}  // namespace
}  // namespace qbench
