// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "runners/accelerators/probe_on_bus.h"
#include "tests/runners/accelerators/usb_fixture.h"

namespace qbench::runners {
namespace {

using qbench::testing::kReadyCoral;
using qbench::testing::kWaitingCoral;
using qbench::testing::RecordedTree;
using qbench::testing::UsbMachine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ProbeTest, MachineWithoutUsbIsANormalAnswer) {
  RecordedTree tree;
  const ProbeReport report = probe_accelerators({.root = tree.root()});
  EXPECT_FALSE(report.usb_available);
  EXPECT_EQ(report.usb_reason, "no USB bus on this machine");
  EXPECT_THAT(report.accelerators, IsEmpty());
  EXPECT_THAT(report.why_unusable("coral"), HasSubstr("no USB bus on this machine"));
}

TEST(ProbeTest, ThisMachineAnswersQuicklyWhateverItHas) {
  const ProbeReport report = probe_accelerators({.edgetpu_library = "libno_such_edgetpu.so.1"});
  // 300 ms is the promise on an idle machine; tests share theirs.
  EXPECT_LT(report.seconds, 3.0);
  EXPECT_THAT(report.usb_library, HasSubstr("libusb 1."));
  ASSERT_EQ(report.runtimes.size(), 1U);
  EXPECT_FALSE(report.runtimes[0].loaded);
}

TEST(ProbeTest, RecordedTreeLeavesLibrariesOut) {
  UsbMachine machine;
  machine.plug(kReadyCoral);
  const ProbeReport report = probe_accelerators({.root = machine.tree.root()});
  ASSERT_EQ(report.accelerators.size(), 1U);
  EXPECT_EQ(report.usb_library, "");
  EXPECT_THAT(report.runtimes, IsEmpty());
  EXPECT_TRUE(report.has_usable("coral"));
  EXPECT_TRUE(report.has_usable(""));
  EXPECT_FALSE(report.has_usable("kneron"));
}

TEST(ProbeTest, UsableDeviceWithoutItsLibraryIsNotUsable) {
  UsbMachine machine;
  machine.plug(kWaitingCoral);
  ProbeReport report = probe_accelerators_on({.root = machine.tree.root()}, &machine.bus);
  EXPECT_TRUE(report.has_usable("coral"));
  report.runtimes.push_back(
      {.name = "libedgetpu", .family = "coral", .loaded = false, .cause = "absent", .fix = "get it"});
  EXPECT_EQ(report.why_unusable("coral"), "libedgetpu: absent; get it");
}

TEST(ProbeTest, UnusableDeviceExplainsItself) {
  UsbMachine machine;
  machine.plug(kReadyCoral).open = UsbStatus::kAccess;
  const ProbeReport report = probe_accelerators_on({.root = machine.tree.root()}, &machine.bus);
  EXPECT_FALSE(report.has_usable("coral"));
  EXPECT_THAT(report.why_unusable("coral"), HasSubstr("no-permission"));
  EXPECT_THAT(report.why_unusable("coral"), HasSubstr("udev/rules.d"));
}

TEST(ProbeTest, OneGoodDeviceBesideABadOneIsEnough) {
  UsbMachine machine;
  machine.plug(kReadyCoral).open = UsbStatus::kAccess;
  machine.plug({.port = "2", .number = 7});
  EXPECT_TRUE(probe_accelerators_on({.root = machine.tree.root()}, &machine.bus).has_usable("coral"));
}

TEST(ProbeTest, UsersTableMakesItsDeviceKnown) {
  UsbMachine machine;
  machine.plug({.vendor = "abcd", .product = "0001"});
  machine.tree.file("ids.json", R"([{"vendor": "abcd", "product": "0001", "family": "own", "name": "Own Stick"}])");
  EXPECT_FALSE(probe_accelerators({.root = machine.tree.root()}).has_usable("own"));
  EXPECT_TRUE(
      probe_accelerators({.root = machine.tree.root(), .usb_ids = machine.tree.root() / "ids.json"}).has_usable("own"));
  EXPECT_THROW(static_cast<void>(probe_accelerators({.root = machine.tree.root(), .usb_ids = "/nowhere"})), Error);
}

TEST(ProbeTest, JsonHoldsEveryFactAndNullForTheRest) {
  UsbMachine machine;
  machine.plug({.bus = 1, .port = "3", .speed = "480"});
  const nlohmann::json json = to_json(probe_accelerators_on({.root = machine.tree.root()}, &machine.bus));
  EXPECT_EQ(json.at("usb").at("available"), true);
  EXPECT_TRUE(json.at("usb").at("reason").is_null());
  const nlohmann::json& device = json.at("accelerators").at(0);
  EXPECT_EQ(device.at("state"), "ready");
  EXPECT_EQ(device.at("speed_mbps"), 480.0);
  EXPECT_EQ(device.at("speed_ok"), false);
  EXPECT_EQ(device.at("warnings").size(), 1U);
  EXPECT_TRUE(device.at("serial").is_null());
  EXPECT_TRUE(device.at("celsius").is_null());
}

}  // namespace
}  // namespace qbench::runners
