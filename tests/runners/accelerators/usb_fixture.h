// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/runners/accelerators/fake_usb_bus.h"
#include "tests/support/recorded_tree.h"

namespace qbench::testing {

/// A device that is plugged in: what sysfs shows and where.
struct Plugged {
  int bus = 2;
  std::string port = "1";  ///< "1", "3.2" behind a hub
  int number = 6;
  std::string vendor = "18d1";
  std::string product = "9302";
  std::string speed = "5000";
  bool with_node = true;

  [[nodiscard]] std::string name() const { return std::to_string(bus) + "-" + port; }
  bool operator==(const Plugged&) const = default;
};

inline const Plugged kReadyCoral{};
inline const Plugged kWaitingCoral{.number = 5, .vendor = "1a6e", .product = "089a"};

/// A machine with a USB 2 (bus 1) and a USB 3 (bus 2) root hub: its sysfs as a recorded tree, its library as a fake
/// bus.
class UsbMachine {
 public:
  UsbMachine();

  /// Shows the device in both and returns the fake's part of it, to plant faults in. Valid until the next call.
  FakeUsbDevice& plug(const Plugged& device);
  void pull(const Plugged& device);
  /// Binds a driver to the device's interface.
  void bind(const Plugged& device, const std::string& driver);

  RecordedTree tree;
  FakeUsbBus bus;
};

}  // namespace qbench::testing
