// SPDX-License-Identifier: Apache-2.0
#include "harness/board/thermal_reader.h"

#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;

TEST(ThermalReaderTest, CpuSensorsOfHwmonAreZonesWithTheirLabels) {
  RecordedTree tree;
  tree.file("sys/class/hwmon/hwmon2/name", "k10temp").file("sys/class/hwmon/hwmon2/temp1_label", "Tctl");
  tree.file("sys/class/hwmon/hwmon2/temp1_input", "55250");
  tree.file("sys/class/hwmon/hwmon3/name", "nvme").file("sys/class/hwmon/hwmon3/temp1_input", "40000");
  const auto zones = read_thermal_zones(tree.tree());
  ASSERT_EQ(zones.size(), 1U);
  EXPECT_EQ(zones[0],
            (ThermalZone{
                .name = "hwmon2/temp1", .type = "k10temp Tctl", .celsius = 55.25, .throttle_celsius = std::nullopt}));
  EXPECT_EQ(temperature_path(zones[0].name), "sys/class/hwmon/hwmon2/temp1_input");
}

TEST(ThermalReaderTest, LowestPassiveTripIsWhereItSlowsDown) {
  RecordedTree tree;
  const std::string zone = "sys/class/thermal/thermal_zone0";
  tree.file(zone + "/type", "cpu").file(zone + "/temp", "50000");
  tree.file(zone + "/trip_point_0_type", "active").file(zone + "/trip_point_0_temp", "60000");
  tree.file(zone + "/trip_point_1_type", "hot").file(zone + "/trip_point_1_temp", "95000");
  tree.file(zone + "/trip_point_2_type", "passive").file(zone + "/trip_point_2_temp", "80000");
  EXPECT_EQ(read_thermal_zones(tree.tree()).at(0).throttle_celsius, 80.0);
}

TEST(ThermalReaderTest, ImpossibleTemperaturesAreNotReported) {
  RecordedTree tree;
  tree.file("a", "-274000").file("b", "1000000").file("c", "25000").file("d", "n/a");
  EXPECT_FALSE(read_celsius(tree.tree(), "a").has_value());
  EXPECT_FALSE(read_celsius(tree.tree(), "b").has_value());
  EXPECT_EQ(read_celsius(tree.tree(), "c"), 25.0);
  EXPECT_FALSE(read_celsius(tree.tree(), "d").has_value());
}

TEST(ThermalReaderTest, FirmwareWordIsHexadecimal) {
  RecordedTree tree;
  tree.file("word", "e0008").file("prefixed", "0x10").file("wrong", "zz");
  EXPECT_EQ(read_firmware_word(tree.tree(), "word"), 0xe0008U);
  EXPECT_EQ(read_firmware_word(tree.tree(), "prefixed"), 0x10U);
  EXPECT_FALSE(read_firmware_word(tree.tree(), "wrong").has_value());
  EXPECT_FALSE(read_firmware_word(tree.tree(), "").has_value());
}

}  // namespace
}  // namespace qbench
