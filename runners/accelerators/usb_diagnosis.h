// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runners/accelerators/accelerator_ids.h"
#include "runners/accelerators/probe.h"
#include "runners/accelerators/usb_bus.h"
#include "runners/accelerators/usb_sysfs.h"

namespace qbench::runners {

/// Everything that was found out about one device before anything is concluded.
struct UsbEvidence {
  SysfsUsbDevice device;
  AcceleratorId id;
  NodeInfo node;
  std::string node_path;    ///< relative to the root
  bool still_there = true;  ///< after a failure: the same device is on the port when looking again
  bool kernel_driver = false;
  std::optional<UsbStatus> open;  ///< missing: not tried
  std::optional<UsbStatus> claim;
  std::optional<UsbStatus> answer;
  std::vector<std::string> holders;
};

/// What the advice depends on besides the device.
struct Surroundings {
  std::string container;                    ///< empty outside, or not known
  bool has_bus_folder = true;               ///< dev/bus/usb exists
  std::optional<double> fastest_root_mbps;  ///< best root hub of the machine
  std::vector<SysfsUsbDevice> devices;      ///< for the hubs on the way
  std::vector<AcceleratorId> ids;           ///< for the udev rules of a whole family
};

/// State, cause and fix by the table in DeviceState's order, the speed warning, and all facts as texts. Pure.
[[nodiscard]] AcceleratorReport diagnose_usb(const UsbEvidence& evidence, const Surroundings& surroundings);

/// One line to paste: writes the udev rules of a family's identities, reloads them and adds the user to the group.
[[nodiscard]] std::string udev_fix(const std::string& family, const std::vector<AcceleratorId>& ids);

}  // namespace qbench::runners
