// SPDX-License-Identifier: Apache-2.0
#include "tests/runners/accelerators/usb_fixture.h"

#include "core/system_tree.h"
#include "runners/accelerators/usb_sysfs.h"

namespace qbench::testing {

namespace {

std::string folder_of(const Plugged& device) { return "sys/bus/usb/devices/" + device.name(); }

std::uint16_t hex(const std::string& digits) {
  return static_cast<std::uint16_t>(parse_integer(digits, 16).value_or(0));
}

}  // namespace

UsbMachine::UsbMachine() {
  tree.file("sys/bus/usb/devices/usb1/speed", "480").file("sys/bus/usb/devices/usb2/speed", "5000");
  tree.folder("dev/bus/usb");
}

FakeUsbDevice& UsbMachine::plug(const Plugged& device) {
  const std::string folder = folder_of(device);
  tree.file(folder + "/busnum", std::to_string(device.bus)).file(folder + "/devnum", std::to_string(device.number));
  tree.file(folder + "/idVendor", device.vendor).file(folder + "/idProduct", device.product);
  tree.file(folder + "/speed", device.speed).file(folder + "/version", " 3.10").file(folder + "/bcdDevice", "0100");
  tree.file(folder + "/bMaxPower", "896mA");
  if (device.with_node) tree.raw_file(runners::usb_node(device.bus, device.number), "");
  FakeUsbDevice& fake = bus.devices.emplace_back();
  fake.listing.bus = device.bus;
  fake.listing.address = device.number;
  for (const std::string& port : words_of(device.port, ".")) fake.listing.ports.push_back(std::stoi(port));
  fake.listing.vendor = hex(device.vendor);
  fake.listing.product = hex(device.product);
  fake.listing.speed_mbps = parse_real(device.speed);
  return fake;
}

void UsbMachine::pull(const Plugged& device) {
  tree.remove(folder_of(device)).remove(runners::usb_node(device.bus, device.number));
  std::erase_if(bus.devices, [&](const FakeUsbDevice& fake) {
    return fake.listing.bus == device.bus && fake.listing.address == device.number;
  });
}

void UsbMachine::bind(const Plugged& device, const std::string& driver) {
  tree.link(folder_of(device) + "/" + device.name() + ":1.0/driver", "../../../bus/usb/drivers/" + driver);
}

}  // namespace qbench::testing
