// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/pcie_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench::runners {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PcieProbeTest : public ::testing::Test {
 protected:
  AcceleratorReport probe_one(const std::string& container = "") {
    const auto reports = probe_pcie(tree.tree(), container);
    EXPECT_EQ(reports.size(), 1U);
    return reports.empty() ? AcceleratorReport{} : reports.front();
  }
  void plug_apex() {
    tree.file("sys/class/apex/apex_0/temp", "52300").file("sys/class/apex/apex_0/trip_point0_temp", "84800");
    tree.file("sys/class/apex/apex_0/status", "ALIVE").raw_file("dev/apex_0", "");
    tree.link("sys/class/apex/apex_0/device", "../../../0000:01:00.0");
  }
  RecordedTree tree;
};

TEST_F(PcieProbeTest, MachineWithoutPcieGivesNothing) { EXPECT_THAT(probe_pcie(tree.tree(), ""), IsEmpty()); }

TEST_F(PcieProbeTest, ApexThatIsAliveIsReadyAndTellsItsTemperature) {
  plug_apex();
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.celsius, 52.3);
  EXPECT_EQ(report.port, "0000:01:00.0");
  EXPECT_EQ(report.node, "/dev/apex_0");
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST_F(PcieProbeTest, HotChipIsAWarningAndNotAState) {
  plug_apex();
  tree.file("sys/class/apex/apex_0/temp", "90100");
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("90 degrees")));
}

TEST_F(PcieProbeTest, MissingNodeDependsOnTheContainer) {
  plug_apex();
  tree.remove("dev/apex_0");
  EXPECT_EQ(probe_one().state, DeviceState::kNoNode);
  EXPECT_THAT(probe_one("docker").fix, HasSubstr("--device /dev/apex_0:/dev/apex_0"));
}

TEST_F(PcieProbeTest, OwnedChipIsBusyAndADeadOneAnError) {
  plug_apex();
  tree.file("sys/class/apex/apex_0/is_device_owned", "1").file("sys/class/apex/apex_0/device_owner", "4321");
  EXPECT_EQ(probe_one().state, DeviceState::kBusy);
  EXPECT_THAT(probe_one().cause, HasSubstr("4321"));
  tree.file("sys/class/apex/apex_0/status", "DEAD");
  EXPECT_EQ(probe_one().state, DeviceState::kError);
}

TEST_F(PcieProbeTest, ChipWithoutItsDriverIsFoundOnThePciBus) {
  tree.file("sys/bus/pci/devices/0000:02:00.0/vendor", "0x1ac1")
      .file("sys/bus/pci/devices/0000:02:00.0/device", "0x089a");
  tree.file("sys/bus/pci/devices/0000:03:00.0/vendor", "0x8086")
      .file("sys/bus/pci/devices/0000:03:00.0/device", "0x089a");
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kNoDriver);
  EXPECT_EQ(report.port, "0000:02:00.0");
  EXPECT_THAT(report.fix, HasSubstr("gasket-dkms"));
}

TEST_F(PcieProbeTest, ChipWithItsDriverIsNotReportedTwice) {
  plug_apex();
  tree.file("sys/bus/pci/devices/0000:01:00.0/vendor", "0x1ac1")
      .file("sys/bus/pci/devices/0000:01:00.0/device", "0x089a");
  tree.link("sys/bus/pci/devices/0000:01:00.0/driver", "../../../bus/pci/drivers/apex");
  EXPECT_EQ(probe_one().state, DeviceState::kReady);
}

}  // namespace
}  // namespace qbench::runners
