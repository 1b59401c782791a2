// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

UsbEvidence evidence_of_ready_coral() {
  UsbEvidence evidence;
  evidence.id = *find_id(known_accelerator_ids(), 0x18d1, 0x9302);
  evidence.device.port = "2-1";
  evidence.device.interface_name = "2-1:1.0";
  evidence.device.vendor = 0x18d1;
  evidence.device.product = 0x9302;
  evidence.device.speed_mbps = 5000.0;
  evidence.node = {.exists = true,
                   .accessible = true,
                   .mode = "0664",
                   .group = "plugdev",
                   .group_may_write = true,
                   .in_group = true};
  evidence.node_path = "dev/bus/usb/002/006";
  evidence.open = UsbStatus::kOk;
  return evidence;
}

Surroundings ordinary_machine() { return {.fastest_root_mbps = 10000.0, .ids = known_accelerator_ids()}; }

DeviceState state_of(const UsbEvidence& evidence) { return diagnose_usb(evidence, ordinary_machine()).state; }

TEST(UsbDiagnosisTest, FirstMatchingStateWins) {
  // Every fault at once; removing the first lets the next one show.
  UsbEvidence evidence = evidence_of_ready_coral();
  evidence.id.ready = false;
  evidence.device.speed_mbps = 12.0;
  evidence.device.interface_driver = "cdc_acm";
  evidence.claim = UsbStatus::kBusy;
  evidence.open = UsbStatus::kAccess;
  evidence.node.exists = false;
  evidence.still_there = false;
  EXPECT_EQ(state_of(evidence), DeviceState::kVanished);
  evidence.still_there = true;
  EXPECT_EQ(state_of(evidence), DeviceState::kNoNode);
  evidence.node.exists = true;
  EXPECT_EQ(state_of(evidence), DeviceState::kNoPermission);
  evidence.open = UsbStatus::kOk;
  EXPECT_EQ(state_of(evidence), DeviceState::kKernelDriver);
  evidence.device.interface_driver = "usbfs";
  EXPECT_EQ(state_of(evidence), DeviceState::kBusy);
  evidence.device.interface_driver.clear();
  evidence.claim = UsbStatus::kNotFound;
  EXPECT_EQ(state_of(evidence), DeviceState::kError);
  evidence.claim = UsbStatus::kOk;
  EXPECT_EQ(state_of(evidence), DeviceState::kError) << "too slow";
  evidence.device.speed_mbps = 480.0;
  EXPECT_EQ(state_of(evidence), DeviceState::kUninitialised);
  evidence.id.ready = true;
  EXPECT_EQ(state_of(evidence), DeviceState::kReady);
}

TEST(UsbDiagnosisTest, MembershipIsTheFixWhenTheGroupMayWrite) {
  UsbEvidence evidence = evidence_of_ready_coral();
  evidence.open = UsbStatus::kAccess;
  evidence.node.in_group = false;
  const AcceleratorReport report = diagnose_usb(evidence, ordinary_machine());
  EXPECT_THAT(report.fix, HasSubstr("usermod -aG plugdev $USER"));
  EXPECT_THAT(report.fix, Not(HasSubstr("udev/rules.d")));
  EXPECT_THAT(report.cause, HasSubstr("mode 0664, group plugdev"));
}

TEST(UsbDiagnosisTest, GroupRootIsNeverTheAdvice) {
  UsbEvidence evidence = evidence_of_ready_coral();
  evidence.open = UsbStatus::kAccess;
  evidence.node.in_group = false;
  evidence.node.group = "root";
  EXPECT_THAT(diagnose_usb(evidence, ordinary_machine()).fix, HasSubstr("udev/rules.d"));
}

TEST(UsbDiagnosisTest, NoBusFolderAtAllIsTakenForAContainer) {
  UsbEvidence evidence = evidence_of_ready_coral();
  evidence.node = {};
  Surroundings around = ordinary_machine();
  around.has_bus_folder = false;
  EXPECT_THAT(diagnose_usb(evidence, around).fix, HasSubstr("-v /dev/bus/usb"));
}

TEST(UsbDiagnosisTest, EveryFaultHasACauseAndAFixInOneLine) {
  UsbEvidence healthy = evidence_of_ready_coral();
  std::vector<UsbEvidence> faults(7, healthy);
  faults[0].still_there = false;
  faults[1].node.exists = false;
  faults[2].open = UsbStatus::kAccess;
  faults[3].kernel_driver = true;
  faults[4].device.interface_driver = "usbfs";
  faults[5].open = UsbStatus::kOther;
  faults[6].answer = UsbStatus::kTimeout;
  for (const UsbEvidence& fault : faults) {
    const AcceleratorReport report = diagnose_usb(fault, ordinary_machine());
    EXPECT_FALSE(report.usable()) << report.cause;
    EXPECT_FALSE(report.cause.empty()) << state_name(report.state);
    EXPECT_FALSE(report.fix.empty()) << state_name(report.state);
    EXPECT_EQ((report.cause + report.fix).find('\n'), std::string::npos);
  }
}

TEST(UsbDiagnosisTest, UdevFixNamesEveryIdentityOfTheFamilyAndNoOther) {
  const std::string fix = udev_fix("myriad", known_accelerator_ids());
  EXPECT_THAT(fix, HasSubstr("03e7"));
  EXPECT_THAT(fix, HasSubstr("f63b"));
  EXPECT_THAT(fix, Not(HasSubstr("18d1")));
}

}  // namespace
}  // namespace qbench::runners
