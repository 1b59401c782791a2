// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/energy_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::engine {
namespace {

using ::testing::HasSubstr;

EnergySupport counter() { return {.meters = {{.name = "package-0", .source = "rapl", .wrap_microjoules = 1'000'000}}}; }
EnergySupport power() { return {.meters = {{.name = "VDD_IN", .source = "hwmon", .kind = EnergyMeter::Kind::kPower}}}; }
BoardSample counted(std::uint64_t microjoules) {
  BoardSample sample;
  sample.energy_microjoules = {{"package-0", microjoules}};
  return sample;
}
BoardSample powered(std::int64_t ms, std::uint64_t microwatts) {
  BoardSample sample;
  sample.time_ns = ms * 1'000'000;
  sample.power_microwatts = {{"VDD_IN", microwatts}};
  return sample;
}

TEST(EnergyCountTest, BlocksAddUpAndAreSharedByTheirImages) {
  EnergyCount count;
  count.add(counter(), counted(100'000), counted(300'000), 0.1, 10);
  count.add(counter(), counted(900'000), counted(1'200'000 - 1'000'000), 0.1, 15);  // wraps
  const EnergyUse use = count.per_image(counter());
  ASSERT_TRUE(use.joules) << use.reason;
  EXPECT_NEAR(*use.joules, (0.2 + 0.3) / 25, 1e-9);
  EXPECT_EQ(use.meter, "package-0");
  EXPECT_FALSE(use.estimated);
  EXPECT_EQ(use.reason, "");
}

TEST(EnergyCountTest, BlocksBelowTheCountersStepGiveNoFigure) {
  EnergyCount count;
  count.add(counter(), counted(0), counted(1000), 0.005, 10);
  const EnergyUse use = count.per_image(counter());
  EXPECT_FALSE(use.joules);
  EXPECT_THAT(use.reason, HasSubstr("blocks of 5.0 ms are too short for package-0, which needs 20 ms"));
}

TEST(EnergyCountTest, PowerIsTakenAsStraightBetweenItsReadings) {
  EnergyCount count;
  count.add(power(), powered(0, 4'000'000), powered(1000, 6'000'000), 1.0, 50);
  const EnergyUse use = count.per_image(power());
  ASSERT_TRUE(use.joules) << use.reason;
  EXPECT_NEAR(*use.joules, 5.0 / 50, 1e-9);
  EXPECT_TRUE(use.estimated);
}

TEST(EnergyCountTest, ShortBlocksAreNothingForAMeterOfPower) {
  EnergyCount count;
  count.add(power(), powered(0, 4'000'000), powered(100, 6'000'000), 0.1, 50);
  EXPECT_THAT(count.per_image(power()).reason, HasSubstr("needs 500 ms"));
}

TEST(EnergyCountTest, AReadingThatFailsSpoilsTheSum) {
  EnergyCount count;
  count.add(counter(), counted(0), counted(100'000), 0.1, 10);
  count.add(counter(), counted(0), BoardSample(), 0.1, 10);
  EXPECT_EQ(count.per_image(counter()).reason, "package-0 gave no reading");
}

TEST(EnergyCountTest, WithoutAMeterTheBoardsReasonStands) {
  EnergySupport none;
  none.reason = "RAPL is readable by root only";
  EXPECT_EQ(EnergyCount().per_image(none).reason, none.reason);
  EXPECT_EQ(EnergyCount().per_image(counter()).reason, "no block was measured");
}

}  // namespace
}  // namespace qbench::engine
