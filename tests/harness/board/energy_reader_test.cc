// SPDX-License-Identifier: Apache-2.0
#include "harness/board/energy_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> names_of(const EnergySupport& support) {
  std::vector<std::string> names;
  for (const EnergyMeter& meter : support.meters) names.push_back(meter.name);
  return names;
}

TEST(EnergyReaderTest, WholeSupplyComesBeforePackageBeforeParts) {
  RecordedTree tree;
  for (const auto& [zone, name] : {std::pair("intel-rapl:0:0", "dram"), std::pair("intel-rapl:0", "package-0"),
                                   std::pair("intel-rapl:1", "psys")}) {
    const std::string folder = std::string("sys/class/powercap/") + zone;
    tree.file(folder + "/name", name).file(folder + "/energy_uj", "10");
  }
  EXPECT_THAT(names_of(read_energy_support(tree.tree())), ElementsAre("psys", "package-0", "intel-rapl:0:0 dram"));
}

TEST(EnergyReaderTest, HwmonPowerAndEnergyAreMetersAndGraphicsAreNot) {
  RecordedTree tree;
  tree.file("sys/class/hwmon/hwmon0/name", "amdgpu").file("sys/class/hwmon/hwmon0/power1_average", "9000000");
  tree.file("sys/class/hwmon/hwmon1/name", "ina226").file("sys/class/hwmon/hwmon1/power1_input", "3500000");
  tree.file("sys/class/hwmon/hwmon2/name", "macsmc").file("sys/class/hwmon/hwmon2/energy1_input", "77");
  const EnergySupport support = read_energy_support(tree.tree());
  ASSERT_THAT(names_of(support), ElementsAre("ina226 power1", "macsmc energy1"));
  EXPECT_EQ(support.meters[0].kind, EnergyMeter::Kind::kPower);
  EXPECT_EQ(support.meters[0].source, "ina2xx");
  EXPECT_EQ(support.meters[1].kind, EnergyMeter::Kind::kCounter);
  EXPECT_EQ(read_meter(tree.tree(), support.meters[0]), 3500000U);
}

TEST(EnergyReaderTest, TwoChipsOfOneKindKeepTheirOwnNames) {
  RecordedTree tree;
  for (const char* device : {"hwmon0", "hwmon1"}) {
    const std::string folder = std::string("sys/class/hwmon/") + device;
    tree.file(folder + "/name", "ina219").file(folder + "/power1_input", "1");
  }
  EXPECT_THAT(names_of(read_energy_support(tree.tree())), ElementsAre("ina219 power1", "ina219 power1 hwmon1"));
}

TEST(EnergyReaderTest, UnreadableCounterIsNamedWithItsFix) {
  RecordedTree tree;
  // A folder in the counter's place refuses root too.
  tree.file("sys/class/powercap/intel-rapl:0/name", "package-0").folder("sys/class/powercap/intel-rapl:0/energy_uj");
  const EnergySupport support = read_energy_support(tree.tree());
  EXPECT_THAT(support.meters, IsEmpty());
  EXPECT_THAT(support.reason, HasSubstr("sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj"));
}

TEST(EnergyReaderTest, MeterThatGivesNoNumberIsNotOffered) {
  RecordedTree tree;
  tree.file("sys/class/hwmon/hwmon1/name", "ina226").raw_file("sys/class/hwmon/hwmon1/power1_input", "");
  EXPECT_THAT(read_energy_support(tree.tree()).meters, IsEmpty());
}

}  // namespace
}  // namespace qbench
