// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/warmup.h"

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

/// `transient` invokes that are `slower` times as long, then steady ones.
std::vector<double> block_with(std::size_t transient, double slower, std::size_t length = 128, double steady = 200e-6) {
  std::vector<double> block(length, steady);
  for (std::size_t i = 0; i < transient; ++i) block[i] = steady * slower;
  return block;
}

TEST(WarmupTest, DropsExactlyTheTransient) {
  for (const std::size_t transient : {3UL, 5UL, 12UL, 40UL}) {
    const Warmup warmup = calibrate_warmup(block_with(transient, 1.05));
    EXPECT_EQ(warmup.dropped, transient);
    EXPECT_TRUE(warmup.settled);
  }
}

TEST(WarmupTest, ASteadyBlockDropsTheLeast) {
  const Warmup warmup = calibrate_warmup(block_with(0, 1.0));
  EXPECT_EQ(warmup.dropped, 2U);
  EXPECT_EQ(warmup.timed, 8U);
  EXPECT_TRUE(warmup.settled);
  EXPECT_DOUBLE_EQ(warmup.steady_seconds, 200e-6);
  EXPECT_EQ(calibrate_warmup(block_with(1, 3.0)).dropped, 2U);
}

TEST(WarmupTest, TimesAtLeastAsManyAsItDrops) {
  const Warmup warmup = calibrate_warmup(block_with(20, 1.03));
  EXPECT_EQ(warmup.dropped, 20U);
  EXPECT_EQ(warmup.timed, 20U);
}

TEST(WarmupTest, StepsOfASettlingKernelAreFollowedToTheEnd) {
  // A kernel that settles in steps: a first slow invoke, a plateau 3 % up until position 12, steady from 14 on.
  std::vector<double> block(120, 232.3e-6);
  block[0] = 275e-6;
  block[1] = 245e-6;
  for (std::size_t i = 2; i < 12; ++i) block[i] = 240.3e-6;
  block[12] = 238.4e-6;
  block[13] = 235e-6;
  EXPECT_EQ(calibrate_warmup(block).dropped, 14U);
}

TEST(WarmupTest, LonePreemptionsAreIgnored) {
  std::vector<double> block = block_with(6, 1.04);
  block[20] *= 8.0;
  block[21] *= 8.0;
  block[50] *= 5.0;
  EXPECT_EQ(calibrate_warmup(block).dropped, 6U);
}

TEST(WarmupTest, LimitsAreKeptAndReported) {
  const Warmup many = calibrate_warmup(block_with(90, 1.05, 256));
  EXPECT_EQ(many.dropped, 64U);
  EXPECT_FALSE(many.settled);
  // 20 ms each: 100 ms hold five.
  const Warmup slow = calibrate_warmup(block_with(9, 1.05, 64, 0.019));
  EXPECT_EQ(slow.dropped, 5U);
  EXPECT_FALSE(slow.settled);
  // Longer than the limit itself: still the least.
  const Warmup very_slow = calibrate_warmup(block_with(0, 1.0, 10, 0.5));
  EXPECT_EQ(very_slow.dropped, 2U);
  EXPECT_TRUE(very_slow.settled);
}

TEST(WarmupTest, ABlockThatNeverSettlesSaysSo) {
  std::vector<double> block(100);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = 1e-3 * (2.0 - 0.01 * static_cast<double>(i));
  const Warmup warmup = calibrate_warmup(block);
  EXPECT_FALSE(warmup.settled);
  EXPECT_EQ(warmup.dropped, 52U);
}

TEST(WarmupTest, GettingSlowerIsNoWarmup) {
  std::vector<double> block(100);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = 1e-3 * (1.0 + 0.001 * static_cast<double>(i));
  EXPECT_EQ(calibrate_warmup(block).dropped, 2U);
}

TEST(WarmupTest, UnitOfTheToleranceIsRelative) {
  std::vector<double> block = block_with(12, 1.004);
  EXPECT_EQ(calibrate_warmup(block).dropped, 2U);
  EXPECT_EQ(calibrate_warmup(block, {.tolerance = 0.001}).dropped, 12U);
}

TEST(WarmupTest, NoiseIsNotTakenForATransient) {
  Random random(5);
  std::vector<double> block = block_with(8, 1.25);
  for (double& seconds : block) seconds *= 1.0 + 0.03 * (random.unit() - 0.5);
  const Warmup warmup = calibrate_warmup(block);
  EXPECT_EQ(warmup.dropped, 8U);
  EXPECT_TRUE(warmup.settled);
}

TEST(WarmupTest, SeveralBlocksKeepWhatTheyShare) {
  Random random(1);
  std::vector<std::vector<double>> blocks;
  for (int b = 0; b < 7; ++b) {
    std::vector<double> block = block_with(10, 1.05);
    for (double& seconds : block) seconds *= random.unit() < 0.15 ? 5.0 : 1.0;
    blocks.push_back(block);
  }
  EXPECT_EQ(calibrate_warmup(positionwise_median(blocks)).dropped, 10U);
  blocks.push_back({1.0, 2.0});
  EXPECT_EQ(positionwise_median(blocks).size(), 2U);
}

TEST(WarmupTest, BadBlocksAreRefused) {
  EXPECT_EQ(usage_error([] { (void)calibrate_warmup(std::vector<double>(9, 1.0)); }),
            "warm-up block: 9 values given, at least 10 needed");
  usage_error([] { (void)calibrate_warmup(std::vector<double>(20, 0.0)); });
  usage_error([] { (void)calibrate_warmup(std::vector<double>(20, std::nan(""))); });
  usage_error([] { (void)positionwise_median({}); });
}

}  // namespace
}  // namespace qbench::metrics
