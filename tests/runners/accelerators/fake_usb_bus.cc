// SPDX-License-Identifier: Apache-2.0
#include "tests/runners/accelerators/fake_usb_bus.h"

namespace qbench::testing {

using runners::UsbStatus;

namespace {

class FakeConnection : public runners::UsbConnection {
 public:
  FakeConnection(FakeUsbBus& bus, FakeUsbDevice device) : bus_(bus), device_(std::move(device)) {
    ++bus_.open_connections;
  }
  ~FakeConnection() override { --bus_.open_connections; }

  bool kernel_driver_active(int /*interface_number*/) override { return device_.kernel_driver; }
  UsbStatus claim(int /*interface_number*/) override {
    ++bus_.claims;
    if (device_.on_claim) device_.on_claim();
    return device_.claim;
  }
  UsbStatus request_status(std::chrono::milliseconds /*timeout*/) override { return device_.answer; }

 private:
  FakeUsbBus& bus_;
  FakeUsbDevice device_;  // a copy: the device may be pulled while it is open
};

}  // namespace

std::vector<runners::UsbListing> FakeUsbBus::list() {
  std::vector<runners::UsbListing> listings;
  for (const FakeUsbDevice& device : devices) listings.push_back(device.listing);
  return listings;
}

runners::UsbOpening FakeUsbBus::open(int bus, int address) {
  ++opens;
  for (const FakeUsbDevice& found : devices) {
    if (found.listing.bus != bus || found.listing.address != address) continue;
    const FakeUsbDevice device = found;
    if (device.on_open) device.on_open();
    if (device.open != UsbStatus::kOk) return {.status = device.open, .connection = nullptr};
    return {.status = UsbStatus::kOk, .connection = std::make_unique<FakeConnection>(*this, device)};
  }
  return {.status = UsbStatus::kNoDevice, .connection = nullptr};
}

void FakeUsbBus::wait_for_change(std::chrono::milliseconds /*timeout*/) {
  if (on_wait) on_wait();
}

}  // namespace qbench::testing
