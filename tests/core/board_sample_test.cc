// SPDX-License-Identifier: Apache-2.0
#include "core/board_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

EnergySupport counter_of(std::uint64_t wrap) {
  return {.meters = {{.name = "package-0", .source = "rapl", .wrap_microjoules = wrap}}, .reason = ""};
}

BoardSample with_counter(std::uint64_t microjoules) {
  BoardSample sample;
  sample.energy_microjoules["package-0"] = microjoules;
  return sample;
}

Board board_with_governor(const std::string& governor) {
  Board board;
  board.frequencies.push_back({.name = "policy0", .cpus = {0}, .driver = "", .governor = governor});
  return board;
}

BoardSample at_clock(std::int64_t khz) {
  BoardSample sample;
  sample.frequency_khz["policy0"] = khz;
  return sample;
}

TEST(BoardSampleTest, CounterThatWrapsIsRepaired) {
  const std::vector<BoardSample> samples = {with_counter(9'000'000), with_counter(1'000'000), with_counter(3'000'000)};
  const EnergyUse use = energy_over(counter_of(10'000'000), samples);
  EXPECT_DOUBLE_EQ(use.joules.value(), 4.0);
  EXPECT_FALSE(use.estimated);
  EXPECT_EQ(use.meter, "package-0");
}

TEST(BoardSampleTest, CounterThatFellWithoutAWrapIsNotGuessed) {
  const std::vector<BoardSample> samples = {with_counter(9'000'000), with_counter(1'000'000)};
  const EnergyUse use = energy_over(counter_of(0), samples);
  EXPECT_FALSE(use.joules.has_value());
  EXPECT_THAT(use.reason, HasSubstr("package-0"));
}

TEST(BoardSampleTest, PowerIsTakenAsStraightBetweenSamples) {
  const EnergySupport energy = {.meters = {{.name = "rail", .source = "ina2xx", .kind = EnergyMeter::Kind::kPower}},
                                .reason = ""};
  std::vector<BoardSample> samples(3);
  const std::uint64_t microwatts[] = {2'000'000, 4'000'000, 4'000'000};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].time_ns = static_cast<std::int64_t>(i) * 500'000'000;
    samples[i].power_microwatts["rail"] = microwatts[i];
  }
  const EnergyUse use = energy_over(energy, samples);
  EXPECT_DOUBLE_EQ(use.joules.value(), 3.5);
  EXPECT_TRUE(use.estimated);
}

TEST(BoardSampleTest, MissingMeterGivesTheBoardsReason) {
  const EnergyUse use = energy_over({.meters = {}, .reason = "no meter here"}, std::vector<BoardSample>(2));
  EXPECT_FALSE(use.joules.has_value());
  EXPECT_EQ(use.reason, "no meter here");
}

TEST(BoardSampleTest, OneSampleProvesNothing) {
  const std::vector<BoardSample> samples = {with_counter(5)};
  EXPECT_FALSE(energy_over(counter_of(10), samples).joules.has_value());
  EXPECT_EQ(disturbance_in(Board{}, samples), Disturbance{});
}

TEST(BoardSampleTest, QuietSeriesHasNoTag) {
  std::vector<BoardSample> samples = {at_clock(1800000), at_clock(1790000)};
  samples[1].cpu_ticks = 1000;
  samples[1].steal_ticks = 1;
  const Disturbance found = disturbance_in(board_with_governor("performance"), samples);
  EXPECT_FALSE(found.throttled);
  EXPECT_FALSE(found.disturbed);
  EXPECT_THAT(found.reasons, IsEmpty());
  EXPECT_DOUBLE_EQ(found.steal_share, 0.001);
}

TEST(BoardSampleTest, FallingClockCountsOnlyUnderAGovernorThatHoldsIt) {
  const std::vector<BoardSample> samples = {at_clock(1800000), at_clock(1200000), at_clock(1800000)};
  const Disturbance held = disturbance_in(board_with_governor("performance"), samples);
  EXPECT_TRUE(held.throttled);
  EXPECT_NEAR(held.frequency_drop.value(), 1.0 / 3.0, 1e-9);
  EXPECT_THAT(held.reasons, ElementsAre("the clock of policy0 fell by 33 % under governor performance"));
  const Disturbance idle = disturbance_in(board_with_governor("ondemand"), samples);
  EXPECT_FALSE(idle.throttled);
  EXPECT_FALSE(idle.frequency_drop.has_value());
}

TEST(BoardSampleTest, ThrottlingThatEndedBetweenSamplesShowsInTheStickyBits) {
  std::vector<BoardSample> samples(2);
  samples[0].firmware_throttle_word = 0x10000;
  samples[1].firmware_throttle_word = 0x50000;
  const Disturbance found = disturbance_in(Board{}, samples);
  EXPECT_TRUE(found.throttled);
  EXPECT_THAT(found.reasons, ElementsAre("firmware: throttled"));
}

TEST(BoardSampleTest, OldStickyBitsAreNotThisRunsFault) {
  std::vector<BoardSample> samples(2);
  samples[0].firmware_throttle_word = samples[1].firmware_throttle_word = 0x50000;
  EXPECT_FALSE(disturbance_in(Board{}, samples).throttled);
}

TEST(BoardSampleTest, ThermalCountersThatRoseAreThrottling) {
  std::vector<BoardSample> samples(2);
  samples[0].core_throttle_events = 17;
  samples[1].core_throttle_events = 20;
  samples[1].package_throttle_events = 4;  // without a first reading nothing is known
  EXPECT_THAT(disturbance_in(Board{}, samples).reasons, ElementsAre("3 thermal throttle events of the cores"));
}

TEST(BoardSampleTest, StolenTimeIsADisturbance) {
  std::vector<BoardSample> samples(2);
  samples[1].cpu_ticks = 1000;
  samples[1].steal_ticks = 50;
  const Disturbance found = disturbance_in(Board{}, samples);
  EXPECT_TRUE(found.disturbed);
  EXPECT_FALSE(found.throttled);
  EXPECT_THAT(found.reasons, ElementsAre("the hypervisor took 5.0 % of the CPU time"));
}

TEST(BoardSampleTest, EverythingSurvivesTheWayThroughJson) {
  BoardSample sample = at_clock(1800000);
  sample.time_ns = 123456789012345;
  sample.celsius["thermal_zone0"] = 61.355;
  sample.firmware_throttle_word = 0x50005;
  sample.energy_microjoules["package-0"] = 262143328850;
  EXPECT_EQ(board_sample_from_json(nlohmann::json::parse(to_json(sample).dump())), sample);
  const Disturbance disturbance{
      .throttled = true, .disturbed = false, .steal_share = 0.25, .frequency_drop = 0.5, .reasons = {"a", "b"}};
  EXPECT_EQ(disturbance_from_json(to_json(disturbance)), disturbance);
  const EnergyUse use{.joules = 1.5, .meter = "m", .estimated = true, .reason = ""};
  EXPECT_EQ(energy_use_from_json(to_json(use)), use);
  EXPECT_THROW(static_cast<void>(board_sample_from_json({{"time_ns", "now"}})), Error);
}

}  // namespace
}  // namespace qbench
