// SPDX-License-Identifier: Apache-2.0
#include "harness/board/os_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using namespace std::string_literals;
using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(OsReaderTest, PrettyNameIsFoundInEitherPlaceWithoutItsQuotes) {
  RecordedTree tree;
  tree.file("usr/lib/os-release", "ID=a\nPRETTY_NAME='Some Linux 1'");
  EXPECT_EQ(read_os(tree.tree()).pretty_name, "Some Linux 1");
  tree.file("etc/os-release", "PRETTY_NAME=\"Other Linux\"");
  EXPECT_EQ(read_os(tree.tree()).pretty_name, "Other Linux");
}

TEST(OsReaderTest, CgroupLimitAboveTheMemoryIsNoLimit) {
  RecordedTree tree;
  tree.file("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\nHugePages_Total: 3");
  tree.file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/memory.max", "9223372036854771712");
  const MemoryInfo unlimited = read_memory(tree.tree());
  EXPECT_EQ(unlimited.total_bytes, 1024000U);
  EXPECT_EQ(unlimited.available_bytes, 512000U);
  EXPECT_FALSE(unlimited.cgroup_limit_bytes.has_value());
  tree.file("sys/fs/cgroup/memory.max", "65536");
  EXPECT_EQ(read_memory(tree.tree()).cgroup_limit_bytes, 65536U);
}

TEST(OsReaderTest, GuestTimeIsNotCountedTwice) {
  RecordedTree tree;
  tree.file("proc/stat", "cpu  100 1 2 300 4 5 6 7 50 60\ncpu0 1 1 1 1");
  const auto ticks = read_cpu_ticks(tree.tree());
  ASSERT_TRUE(ticks.has_value());
  EXPECT_EQ(ticks->total, 425U);
  EXPECT_EQ(ticks->idle, 304U);
  EXPECT_EQ(ticks->steal, 7U);
}

TEST(OsReaderTest, OnlyListedSwitchesAreTaken) {
  RecordedTree tree;
  tree.raw_file(
      "proc/self/environ",
      "OMP_NUM_THREADS=2\0OMPI_SECRET=1\0AWS_TOKEN=x\0LD_PRELOAD=a.so\0TFLITE_X=\0USB_TIMEOUT_MILLIS=9\0broken\0"s);
  EXPECT_THAT(read_environment(tree.tree()), ElementsAre(Pair("LD_PRELOAD", "a.so"), Pair("OMP_NUM_THREADS", "2"),
                                                         Pair("TFLITE_X", ""), Pair("USB_TIMEOUT_MILLIS", "9")));
}

TEST(OsReaderTest, PlaceholdersOfMakersAreNotAProductName) {
  RecordedTree tree;
  tree.file("sys/class/dmi/id/sys_vendor", "To Be Filled By O.E.M.")
      .file("sys/class/dmi/id/product_name", "Default string");
  EXPECT_EQ(read_dmi_product(tree.tree()), "");
  tree.file("sys/class/dmi/id/board_vendor", "ASRock").file("sys/class/dmi/id/board_name", "N100DC-ITX");
  EXPECT_EQ(read_dmi_product(tree.tree()), "ASRock N100DC-ITX");
}

TEST(OsReaderTest, VendorIsNotSaidTwice) {
  RecordedTree tree;
  tree.file("sys/class/dmi/id/sys_vendor", "HP").file("sys/class/dmi/id/product_name", "HP EliteBook");
  EXPECT_EQ(read_dmi_product(tree.tree()), "HP EliteBook");
}

TEST(OsReaderTest, DeviceTreeIsFoundInSysToo) {
  RecordedTree tree;
  tree.raw_file("sys/firmware/devicetree/base/model", "Board X\0"s);
  EXPECT_EQ(read_device_tree_model(tree.tree()), "Board X");
}

TEST(OsReaderTest, UnitIsAHashAndNeverTheSerialItself) {
  RecordedTree tree;
  EXPECT_EQ(read_unit(tree.tree()), "");
  tree.file("proc/cpuinfo", "processor : 0\n\nSerial : 10000000aabbccdd");
  const std::string unit = read_unit(tree.tree());
  EXPECT_EQ(unit.size(), 8U);
  EXPECT_EQ(unit.find("aabb"), std::string::npos);
}

}  // namespace
}  // namespace qbench
