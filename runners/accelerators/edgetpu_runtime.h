// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runners/accelerators/child_call.h"
#include "runners/accelerators/probe.h"

namespace qbench::runners {

/// A device in the order in which the Edge TPU library counts it.
struct EdgetpuListing {
  std::string device_option;  ///< "usb:0", "pci:0": the delegate's option "device"
  std::string path;           ///< "/sys/bus/usb/devices/2-1", "/dev/apex_0"
};

struct EdgetpuRuntime {
  AcceleratorRuntime report;
  std::vector<EdgetpuListing> listings;
};

/// Opens the library in a child, asks for its version and its list of devices; opens no device.
[[nodiscard]] EdgetpuRuntime query_edgetpu(const std::string& library, std::chrono::milliseconds timeout);

/// Creates and frees a delegate on a USB device in a child, which loads the device's firmware, resets the port and lets
/// the device come back under another identity. ok() only when the library made a delegate.
[[nodiscard]] ChildResult load_edgetpu_firmware(const std::string& library, const std::string& sysfs_path,
                                                std::chrono::milliseconds timeout);

}  // namespace qbench::runners
