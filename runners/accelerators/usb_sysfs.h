// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/system_tree.h"

namespace qbench::runners {

/// A USB device as the kernel shows it; reading it needs no permission.
struct SysfsUsbDevice {
  std::string port;    ///< "2-1", "1-3.2"
  std::string folder;  ///< relative to the root
  int bus = 0;
  int device_number = 0;
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::optional<double> speed_mbps;
  std::string bcd_usb;     ///< "3.10"
  std::string bcd_device;  ///< "1.00"
  std::optional<int> max_power_ma;
  std::string manufacturer;
  std::string product_name;
  std::string serial;
  std::string interface_name;    ///< "2-1:1.0", the first interface
  std::string interface_driver;  ///< its driver; "usbfs" while a program holds it
  bool operator==(const SysfsUsbDevice&) const = default;
};

struct SysfsUsb {
  bool present = false;                     ///< there is a USB subsystem, with or without devices
  std::vector<SysfsUsbDevice> devices;      ///< hubs included, root hubs not; by bus and port
  std::optional<double> fastest_root_mbps;  ///< of all root hubs
};

[[nodiscard]] SysfsUsb read_sysfs_usb(const SystemTree& tree);

/// The device file of a USB device: "dev/bus/usb/002/006", relative to the root.
[[nodiscard]] std::string usb_node(int bus, int device_number);

/// Owner, rights and group of a device file.
struct NodeInfo {
  bool exists = false;
  bool accessible = false;  ///< this process may read and write it
  std::string mode;         ///< "0664"
  std::string group;        ///< name from etc/group, else its number
  bool group_may_write = false;
  bool in_group = false;  ///< this process has the group
  bool operator==(const NodeInfo&) const = default;
};
[[nodiscard]] NodeInfo read_node(const SystemTree& tree, const std::string& node);

/// Programs that hold the device file open: "1234 (frigate)"; those of other users only for root.
[[nodiscard]] std::vector<std::string> find_holders(const SystemTree& tree, const std::string& node);

}  // namespace qbench::runners
