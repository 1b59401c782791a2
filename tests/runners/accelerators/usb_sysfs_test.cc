// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_sysfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/recorded_tree.h"

namespace qbench::runners {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kStick = "sys/bus/usb/devices/1-3.2";

TEST(UsbSysfsTest, MissingSubsystemIsNotPresent) {
  RecordedTree tree;
  EXPECT_FALSE(read_sysfs_usb(tree.tree()).present);
  tree.folder("sys/bus/usb/devices");
  EXPECT_TRUE(read_sysfs_usb(tree.tree()).present);
}

TEST(UsbSysfsTest, RootHubsAndInterfacesAreNotDevices) {
  RecordedTree tree;
  tree.file("sys/bus/usb/devices/usb1/speed", "480").file("sys/bus/usb/devices/usb2/speed", "10000");
  tree.folder("sys/bus/usb/devices/1-0:1.0").file(std::string(kStick) + "/idVendor", "18d1");
  const SysfsUsb usb = read_sysfs_usb(tree.tree());
  ASSERT_EQ(usb.devices.size(), 1U);
  EXPECT_EQ(usb.devices[0].port, "1-3.2");
  EXPECT_EQ(usb.fastest_root_mbps, 10000.0);
}

TEST(UsbSysfsTest, AttributesAreReadInTheKernelsFormats) {
  RecordedTree tree;
  const std::string folder = kStick;
  tree.file(folder + "/busnum", "1").file(folder + "/devnum", "17").file(folder + "/idVendor", "1a6e");
  tree.file(folder + "/idProduct", "089a").file(folder + "/speed", "1.5").file(folder + "/version", " 2.10");
  tree.file(folder + "/bcdDevice", "1205").file(folder + "/bMaxPower", "500mA").file(folder + "/serial", "S1");
  tree.link(folder + "/1-3.2:1.0/driver", "../drivers/usbfs");
  const SysfsUsbDevice device = read_sysfs_usb(tree.tree()).devices.at(0);
  EXPECT_EQ(device.bus, 1);
  EXPECT_EQ(device.device_number, 17);
  EXPECT_EQ(device.vendor, 0x1a6e);
  EXPECT_EQ(device.product, 0x089a);
  EXPECT_EQ(device.speed_mbps, 1.5);
  EXPECT_EQ(device.bcd_usb, "2.10");
  EXPECT_EQ(device.bcd_device, "12.05");
  EXPECT_EQ(device.max_power_ma, 500);
  EXPECT_EQ(device.serial, "S1");
  EXPECT_EQ(device.interface_driver, "usbfs");
}

TEST(UsbSysfsTest, NonsenseAttributesAreIgnored) {
  RecordedTree tree;
  const std::string folder = kStick;
  tree.file(folder + "/idVendor", "12345").file(folder + "/busnum", "-1").file(folder + "/speed", "fast");
  tree.file(folder + "/devnum", "99999999999").file(folder + "/bMaxPower", "mA");
  const SysfsUsbDevice device = read_sysfs_usb(tree.tree()).devices.at(0);
  EXPECT_EQ(device.vendor, 0);
  EXPECT_EQ(device.bus, 0);
  EXPECT_EQ(device.device_number, 0);
  EXPECT_FALSE(device.speed_mbps.has_value());
  EXPECT_FALSE(device.max_power_ma.has_value());
}

TEST(UsbSysfsTest, NodeShowsModeGroupAndAccess) {
  RecordedTree tree;
  const std::string node = usb_node(2, 6);
  EXPECT_EQ(node, "dev/bus/usb/002/006");
  EXPECT_FALSE(read_node(tree.tree(), node).exists);
  tree.raw_file(node, "").file("etc/group", "root:x:0:\nown:x:" + std::to_string(::getegid()) + ":me");
  ASSERT_EQ(::chmod((tree.root() / node).c_str(), 0664), 0);
  const NodeInfo info = read_node(tree.tree(), node);
  EXPECT_TRUE(info.exists);
  EXPECT_TRUE(info.accessible);
  EXPECT_EQ(info.mode, "0664");
  EXPECT_EQ(info.group, ::getegid() == 0 ? "root" : "own");
  EXPECT_TRUE(info.group_may_write);
  EXPECT_TRUE(info.in_group);
}

TEST(UsbSysfsTest, HoldersAreThoseWithTheNodeOpen) {
  RecordedTree tree;
  const std::string node = (tree.root() / "dev/bus/usb/002/006").string();
  tree.link("proc/10/fd/3", node).file("proc/10/comm", "frigate").link("proc/11/fd/3", "/dev/null");
  tree.link("proc/self/fd/3", node);
  EXPECT_THAT(find_holders(tree.tree(), "dev/bus/usb/002/006"), ElementsAre("10 (frigate)"));
  EXPECT_THAT(find_holders(tree.tree(), "dev/bus/usb/002/007"), IsEmpty());
}

}  // namespace
}  // namespace qbench::runners
