// SPDX-License-Identifier: Apache-2.0
#include "harness/board/power_reader.h"

#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;

TEST(PowerReaderTest, OneLiveSupplyOfSeveralIsEnough) {
  RecordedTree tree;
  tree.file("sys/class/power_supply/AC/type", "Mains").file("sys/class/power_supply/AC/online", "0");
  tree.file("sys/class/power_supply/ucsi/type", "USB").file("sys/class/power_supply/ucsi/online", "1");
  EXPECT_EQ(read_power_supply(tree.tree()).mains_online, true);
}

TEST(PowerReaderTest, BatteryOfAMouseIsNotTheMachines) {
  RecordedTree tree;
  tree.file("sys/class/power_supply/hid/type", "Battery").file("sys/class/power_supply/hid/scope", "Device");
  tree.file("sys/class/power_supply/hid/capacity", "5");
  EXPECT_EQ(read_power_supply(tree.tree()), PowerSupply{});
}

TEST(PowerReaderTest, ImpossibleChargeIsLeftOut) {
  RecordedTree tree;
  tree.file("sys/class/power_supply/BAT0/type", "Battery").file("sys/class/power_supply/BAT0/capacity", "130");
  EXPECT_FALSE(read_power_supply(tree.tree()).battery_percent.has_value());
}

}  // namespace
}  // namespace qbench
