// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runners/accelerators/usb_fixture.h"

namespace qbench::runners {
namespace {

using qbench::testing::kReadyCoral;
using qbench::testing::kWaitingCoral;
using qbench::testing::Plugged;
using qbench::testing::UsbMachine;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UsbProbeTest : public ::testing::Test {
 protected:
  std::vector<AcceleratorReport> probe(bool claim = false) {
    const UsbProbe probe = make_probe(claim);
    return judge_usb(probe, look_at_usb(probe));
  }
  AcceleratorReport probe_one(bool claim = false) {
    const std::vector<AcceleratorReport> reports = probe(claim);
    EXPECT_EQ(reports.size(), 1U);
    EXPECT_EQ(machine.bus.open_connections, 0);
    return reports.empty() ? AcceleratorReport{} : reports.front();
  }
  UsbProbe make_probe(bool claim = false) {
    return {.tree = machine.tree.tree(),
            .bus = use_library ? &machine.bus : nullptr,
            .ids = known_accelerator_ids(),
            .container = container,
            .claim = claim};
  }

  UsbMachine machine;
  std::string container;
  bool use_library = true;
};

TEST_F(UsbProbeTest, NothingPluggedInIsAnEmptyAnswer) { EXPECT_THAT(probe(), IsEmpty()); }

TEST_F(UsbProbeTest, ReadyCoralOnUsb3HasNothingToComplainAbout) {
  machine.plug(kReadyCoral);
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.cause, "");
  EXPECT_EQ(report.fix, "");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_EQ(report.speed_ok, true);
  EXPECT_EQ(report.id, "18d1:9302");
  EXPECT_EQ(report.port, "2-1");
  EXPECT_EQ(report.node, "/dev/bus/usb/002/006");
  EXPECT_EQ(report.bcd_usb, "3.10");
  EXPECT_EQ(report.bcd_device, "1.00");
  EXPECT_EQ(report.max_power_ma, 896);
  EXPECT_EQ(report.open, "ok");
  EXPECT_EQ(report.claim, "not tried");
}

TEST_F(UsbProbeTest, CoralBeforeItsFirmwareIsUsableAndSaysSo) {
  machine.plug(kWaitingCoral);
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kUninitialised);
  EXPECT_TRUE(report.usable());
  EXPECT_THAT(report.fix, HasSubstr("probe --init"));
}

TEST_F(UsbProbeTest, TwoSticksAreTwoReportsInTheOrderOfTheirPorts) {
  machine.plug({.port = "2", .number = 7, .vendor = "1a6e", .product = "089a"});
  machine.plug(kReadyCoral);
  const auto reports = probe();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].port, "2-1");
  EXPECT_EQ(reports[0].state, DeviceState::kReady);
  EXPECT_EQ(reports[1].port, "2-2");
  EXPECT_EQ(reports[1].state, DeviceState::kUninitialised);
}

TEST_F(UsbProbeTest, Usb2HubOnTheWayIsNamedInTheSpeedWarning) {
  machine.plug({.bus = 1, .port = "3", .number = 2, .vendor = "0bda", .product = "5411", .speed = "480"});
  machine.plug({.bus = 1, .port = "3.2", .number = 7, .speed = "480"});
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.speed_ok, false);
  EXPECT_THAT(report.warnings, ElementsAre(AllOf(HasSubstr("480 Mb/s"), HasSubstr("hub 1-3"))));
}

TEST_F(UsbProbeTest, Usb2PortOfAMachineWithUsb3IsAPlugAway) {
  machine.plug({.bus = 1, .port = "3", .speed = "480"});
  EXPECT_THAT(probe_one().warnings, ElementsAre(HasSubstr("plug it into a USB 3 port")));
}

TEST_F(UsbProbeTest, MachineWithoutUsb3SaysThatNothingCanBeDone) {
  machine.tree.remove("sys/bus/usb/devices/usb2");
  machine.plug({.bus = 1, .port = "3", .speed = "480"});
  EXPECT_THAT(probe_one().warnings, ElementsAre(HasSubstr("this machine has no USB 3 port")));
}

TEST_F(UsbProbeTest, FullSpeedLinkIsAnError) {
  machine.plug({.bus = 1, .port = "3", .speed = "12"});
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kError);
  EXPECT_THAT(report.cause, HasSubstr("12 Mb/s"));
}

TEST_F(UsbProbeTest, UnbootedMyriadAtHighSpeedIsNormal) {
  machine.plug({.bus = 1, .port = "4", .vendor = "03e7", .product = "2485", .speed = "480"});
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kUninitialised);
  EXPECT_FALSE(report.speed_ok.has_value());
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST_F(UsbProbeTest, MissingNodeInAContainerPrintsItsFlags) {
  container = "docker";
  machine.plug({.with_node = false}).open = UsbStatus::kNoDevice;
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kNoNode);
  EXPECT_THAT(report.fix, AllOf(HasSubstr("-v /dev/bus/usb:/dev/bus/usb"), HasSubstr("'c 189:* rmw'")));
}

TEST_F(UsbProbeTest, MissingNodeOutsideAContainerIsAMatterForUdev) {
  machine.plug({.with_node = false}).open = UsbStatus::kNoDevice;
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kNoNode);
  EXPECT_THAT(report.fix, HasSubstr("udevadm trigger"));
}

TEST_F(UsbProbeTest, RefusedOpenPrintsBothUdevRulesReadyToPaste) {
  machine.plug(kReadyCoral).open = UsbStatus::kAccess;
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kNoPermission);
  EXPECT_EQ(report.open, "LIBUSB_ERROR_ACCESS");
  EXPECT_THAT(report.fix,
              HasSubstr(R"(ATTRS{idVendor}=="1a6e", ATTRS{idProduct}=="089a", MODE="0660", GROUP="plugdev")"));
  EXPECT_THAT(report.fix, HasSubstr(R"(ATTRS{idVendor}=="18d1", ATTRS{idProduct}=="9302")"));
  EXPECT_THAT(report.fix, HasSubstr("/etc/udev/rules.d/71-coral.rules"));
  EXPECT_EQ(report.fix.find('\n'), std::string::npos);
}

TEST_F(UsbProbeTest, KernelDriverIsNamedWithTheWayToUnbindIt) {
  machine.plug(kReadyCoral).kernel_driver = true;
  machine.bind(kReadyCoral, "cdc_acm");
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kKernelDriver);
  EXPECT_EQ(report.fix, "echo 2-1:1.0 | sudo tee /sys/bus/usb/drivers/cdc_acm/unbind");
  EXPECT_EQ(machine.bus.claims, 0);
}

TEST_F(UsbProbeTest, DeviceHeldByAProgramIsBusyAndNeverClaimed) {
  machine.plug(kReadyCoral);
  machine.bind(kReadyCoral, "usbfs");
  machine.tree.link("proc/4321/fd/7", (machine.tree.root() / "dev/bus/usb/002/006").string());
  machine.tree.file("proc/4321/comm", "frigate").folder("proc/17/fd");
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kBusy);
  EXPECT_THAT(report.holders, ElementsAre("4321 (frigate)"));
  EXPECT_THAT(report.cause, HasSubstr("4321 (frigate)"));
  EXPECT_EQ(machine.bus.claims, 0);
}

TEST_F(UsbProbeTest, RefusedClaimWithoutADriverIsBusy) {
  machine.plug(kReadyCoral).claim = UsbStatus::kBusy;
  EXPECT_EQ(probe_one(false).state, DeviceState::kReady);
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kBusy);
  EXPECT_EQ(report.claim, "LIBUSB_ERROR_BUSY");
  EXPECT_THAT(report.fix, HasSubstr("lsof /dev/bus/usb/002/006"));
}

TEST_F(UsbProbeTest, DeviceThatStallsDoesNotAnswer) {
  machine.plug(kReadyCoral).answer = UsbStatus::kStall;
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kError);
  EXPECT_EQ(report.claim, "ok");
  EXPECT_EQ(report.answer, "LIBUSB_ERROR_PIPE");
  EXPECT_THAT(report.cause, HasSubstr("does not answer"));
}

TEST_F(UsbProbeTest, OpenErrorInAContainerPointsToTheDeviceCgroup) {
  container = "docker";
  machine.plug(kReadyCoral).open = UsbStatus::kIo;
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kError);
  EXPECT_THAT(report.fix, HasSubstr("--device-cgroup-rule"));
}

TEST_F(UsbProbeTest, StickPulledBeforeTheOpenHasVanished) {
  auto& device = machine.plug(kReadyCoral);
  device.open = UsbStatus::kNoDevice;
  device.on_open = [this] { machine.pull(kReadyCoral); };
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kVanished);
  EXPECT_THAT(report.cause, HasSubstr("port 2-1"));
}

TEST_F(UsbProbeTest, StickPulledWhileOpenHasVanished) {
  auto& device = machine.plug(kReadyCoral);
  device.claim = UsbStatus::kNoDevice;
  device.on_claim = [this] { machine.pull(kReadyCoral); };
  EXPECT_EQ(probe_one(true).state, DeviceState::kVanished);
}

TEST_F(UsbProbeTest, StickThatChangedItsIdentityWhileAskedHasVanished) {
  auto& device = machine.plug(kWaitingCoral);
  device.open = UsbStatus::kNoDevice;
  device.on_open = [this] {
    machine.pull(kWaitingCoral);
    machine.plug(kReadyCoral);
  };
  EXPECT_EQ(probe_one().state, DeviceState::kVanished);
  EXPECT_EQ(probe_one().state, DeviceState::kReady);
}

TEST_F(UsbProbeTest, DeviceGoneFromTheLibraryButNotFromTheKernelIsAnError) {
  machine.plug(kReadyCoral).open = UsbStatus::kNoDevice;
  EXPECT_EQ(probe_one().state, DeviceState::kError);
}

TEST_F(UsbProbeTest, WithoutALibrarySysfsAndTheNodeDecide) {
  use_library = false;
  machine.plug(kReadyCoral);
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.open, "not tried");
  EXPECT_EQ(machine.bus.opens, 0);
}

TEST_F(UsbProbeTest, WithoutSysfsTheLibrarysListDecides) {
  machine.plug(kReadyCoral);
  machine.tree.remove("sys");
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.port, "2-1");
  EXPECT_EQ(report.sysfs, "");
}

TEST_F(UsbProbeTest, DeviceThatTheLibraryDoesNotKnowIsStillReported) {
  machine.plug(kReadyCoral);
  machine.bus.devices.clear();
  EXPECT_EQ(probe_one().state, DeviceState::kReady);
}

class AwaitReadyTest : public UsbProbeTest {
 protected:
  // Waits on port 2-1 for the coral that was there, while `step` happens at the second look.
  std::optional<SysfsUsbDevice> await(const std::function<void()>& step) {
    machine.plug(kWaitingCoral);
    const UsbProbe probe = make_probe();
    const SysfsUsb before = look_at_usb(probe);
    int looks = 0;
    return await_ready(probe, "coral", "2-1", before, std::chrono::milliseconds(50), [&] {
      if (++looks == 2) step();
    });
  }
};

TEST_F(AwaitReadyTest, FindsTheDeviceOnItsOldPort) {
  const auto device = await([&] {
    machine.pull(kWaitingCoral);
    machine.plug(kReadyCoral);
  });
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->port, "2-1");
  EXPECT_EQ(device->device_number, 6);
  EXPECT_EQ(device->speed_mbps, 5000.0);
}

TEST_F(AwaitReadyTest, FindsTheDeviceOnAnotherBusAtAnotherSpeed) {
  const auto device = await([&] {
    machine.pull(kWaitingCoral);
    machine.plug({.bus = 1, .port = "3", .number = 9, .speed = "480"});
  });
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->port, "1-3");
  EXPECT_EQ(device->speed_mbps, 480.0);
}

TEST_F(AwaitReadyTest, DoesNotTakeAnotherStickThatWasThereBefore) {
  machine.plug({.port = "4", .number = 3});
  EXPECT_FALSE(await([&] { machine.pull(kWaitingCoral); }).has_value());
}

TEST_F(AwaitReadyTest, DoesNotChooseBetweenTwoNewcomers) {
  EXPECT_FALSE(await([&] {
                 machine.pull(kWaitingCoral);
                 machine.plug({.port = "4", .number = 8});
                 machine.plug({.bus = 1, .port = "3", .number = 9, .speed = "480"});
               }).has_value());
}

TEST_F(AwaitReadyTest, GivesUpOnADeviceThatNeverComesBack) {
  EXPECT_FALSE(await([&] { machine.pull(kWaitingCoral); }).has_value());
}

}  // namespace
}  // namespace qbench::runners
