// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runners/accelerators/usb_bus.h"

namespace qbench::testing {

/// What a device of the fake bus answers; kOk means that all is well.
struct FakeUsbDevice {
  runners::UsbListing listing;
  runners::UsbStatus open = runners::UsbStatus::kOk;
  runners::UsbStatus claim = runners::UsbStatus::kOk;
  runners::UsbStatus answer = runners::UsbStatus::kOk;
  bool kernel_driver = false;
  std::function<void()> on_open;  ///< runs before the answer: pulls the stick, for example
  std::function<void()> on_claim;
};

/// A USB bus made of planted devices and faults. Counts what is open, so that a leak shows.
class FakeUsbBus : public runners::UsbBus {
 public:
  std::vector<FakeUsbDevice> devices;
  std::function<void()> on_wait;  ///< runs inside wait_for_change
  int open_connections = 0;
  int opens = 0;
  int claims = 0;

  std::string library() const override { return "fake 1.0"; }
  bool has_hotplug() const override { return true; }
  std::vector<runners::UsbListing> list() override;
  runners::UsbOpening open(int bus, int address) override;
  void wait_for_change(std::chrono::milliseconds timeout) override;
};

}  // namespace qbench::testing
