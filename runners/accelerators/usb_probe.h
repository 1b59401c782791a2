// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/system_tree.h"
#include "runners/accelerators/accelerator_ids.h"
#include "runners/accelerators/probe.h"
#include "runners/accelerators/usb_bus.h"
#include "runners/accelerators/usb_sysfs.h"

namespace qbench::runners {

/// Where and how to look for USB accelerators.
struct UsbProbe {
  SystemTree tree;
  UsbBus* bus = nullptr;  ///< null: sysfs only
  std::vector<AcceleratorId> ids;
  std::string container;
  bool claim = false;
};

/// What is plugged in now: by sysfs, or by the library's list where there is no sysfs.
[[nodiscard]] SysfsUsb look_at_usb(const UsbProbe& probe);

/// Every known device in `usb`, opened and judged. A device that fails is looked at again before it is judged.
[[nodiscard]] std::vector<AcceleratorReport> judge_usb(const UsbProbe& probe, const SysfsUsb& usb);

/// Waits until a ready device of the family is on `port`, or, with the port empty, until exactly one is anywhere that
/// was not in `before`. Null after `timeout`. `pause` is called between two looks (100 ms apart in earnest).
[[nodiscard]] std::optional<SysfsUsbDevice> await_ready(const UsbProbe& probe, const std::string& family,
                                                        const std::string& port, const SysfsUsb& before,
                                                        std::chrono::milliseconds timeout,
                                                        const std::function<void()>& pause);

}  // namespace qbench::runners
