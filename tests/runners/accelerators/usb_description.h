// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace qbench::testing {

/// A USB device to describe for umockdev. Numbers that no specification fixes (power, packet sizes, versions) are made
/// up; identities and interface classes are those of the real devices.
struct UsbDescription {
  int bus = 2;
  std::string port = "1";  ///< "1", "3.2"; empty for the bus's root hub
  int number = 6;
  std::uint16_t vendor = 0x18d1;
  std::uint16_t product = 0x9302;
  int speed_mbps = 5000;
  bool is_hub = false;
  bool with_node = true;
  std::string interface_driver;

  /// The device's path below /sys: "/devices/pci0000:00/0000:00:14.0/usb2/2-1".
  [[nodiscard]] std::string device_path() const;
  /// That of its first interface; root hubs are described without one.
  [[nodiscard]] std::string interface_path() const;
  /// "/dev/bus/usb/002/006"
  [[nodiscard]] std::string node() const;
};

/// The device in umockdev's text format, its first interface included.
[[nodiscard]] std::string umockdev_text(const UsbDescription& device);

/// Both root hubs of a machine with USB 2 (bus 1, 480 Mb/s) and USB 3 (bus 2, 5000 Mb/s).
[[nodiscard]] std::string umockdev_root_hubs();

}  // namespace qbench::testing
