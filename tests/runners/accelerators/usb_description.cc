// SPDX-License-Identifier: Apache-2.0
#include "tests/runners/accelerators/usb_description.h"

#include <fmt/format.h>

#include <vector>

#include "core/system_tree.h"
#include "runners/accelerators/accelerator_ids.h"

namespace qbench::testing {

namespace {

using Bytes = std::vector<unsigned>;

constexpr const char* kController = "/devices/pci0000:00/0000:00:14.0";

void put16(Bytes& bytes, unsigned value) {
  bytes.push_back(value & 0xffU);
  bytes.push_back(value >> 8U);
}

std::string hex(const Bytes& bytes) {
  std::string text;
  for (const unsigned byte : bytes) text += fmt::format("{:02X}", byte);
  return text;
}

bool waits_for_firmware(const UsbDescription& device) { return device.vendor == 0x1a6e; }

// USB 2.0, table 9-8.
Bytes device_descriptor(const UsbDescription& device) {
  const bool super = device.speed_mbps >= runners::kSuperSpeed;
  Bytes bytes = {18, 1};
  put16(bytes, super ? 0x0300 : 0x0200);
  const unsigned device_class = device.is_hub ? 9 : 0;
  bytes.insert(bytes.end(), {device_class, 0, 0, super ? 9U : 64U});
  put16(bytes, device.vendor);
  put16(bytes, device.product);
  put16(bytes, 0x0100);
  bytes.insert(bytes.end(), {0, 0, 0, 1});
  return bytes;
}

// One configuration with one interface: hub, DFU mode (DFU 1.1, table 4.4) or vendor specific, without endpoints.
Bytes configuration_descriptor(const UsbDescription& device) {
  Bytes interface_bytes = {9, 4, 0, 0, 0};
  if (device.is_hub) {
    interface_bytes.insert(interface_bytes.end(), {9, 0, 0, 0});
  } else if (waits_for_firmware(device)) {
    interface_bytes.insert(interface_bytes.end(), {0xfe, 1, 2, 0});
  } else {
    interface_bytes.insert(interface_bytes.end(), {0xff, 0xff, 0xff, 0});
  }
  Bytes bytes = {9, 2};
  put16(bytes, static_cast<unsigned>(9 + interface_bytes.size()));
  bytes.insert(bytes.end(), {1, 1, 0, 0x80, 50});
  bytes.insert(bytes.end(), interface_bytes.begin(), interface_bytes.end());
  return bytes;
}

std::string interface_text(const UsbDescription& device) {
  std::string text = fmt::format("P: {}\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\n", device.interface_path());
  text += "A: bInterfaceNumber=00\n";
  if (!device.interface_driver.empty()) {
    text += fmt::format("L: driver=../../../../../../bus/usb/drivers/{}\n", device.interface_driver);
  }
  return text + "\n";
}

}  // namespace

std::string UsbDescription::device_path() const {
  std::string path = fmt::format("{}/usb{}", kController, bus);
  std::string name = fmt::format("{}-", bus);
  for (const std::string& step : words_of(port, ".")) {
    name += (name.back() == '-' ? "" : ".") + step;
    path += "/" + name;
  }
  return path;
}

std::string UsbDescription::interface_path() const { return fmt::format("{}/{}-{}:1.0", device_path(), bus, port); }

std::string UsbDescription::node() const { return fmt::format("/dev/bus/usb/{:03}/{:03}", bus, number); }

std::string umockdev_text(const UsbDescription& device) {
  const std::string descriptors = hex(device_descriptor(device)) + hex(configuration_descriptor(device));
  std::string text = fmt::format("P: {}\n", device.device_path());
  if (device.with_node) text += fmt::format("N: {}={}\n", device.node().substr(sizeof("/dev/") - 1), descriptors);
  text += fmt::format("E: DEVNAME={}\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n", device.node());
  text += fmt::format("E: BUSNUM={:03}\nE: DEVNUM={:03}\nE: MAJOR=189\nE: MINOR={}\n", device.bus, device.number,
                      (device.bus - 1) * 128 + device.number - 1);
  text += fmt::format("E: PRODUCT={:x}/{:x}/100\n", device.vendor, device.product);
  text += fmt::format("A: busnum={}\nA: devnum={}\nA: speed={}\n", device.bus, device.number, device.speed_mbps);
  text += fmt::format("A: devpath={}\n", device.port.empty() ? "0" : device.port);
  text += fmt::format("A: idVendor={:04x}\nA: idProduct={:04x}\n", device.vendor, device.product);
  text += "A: bcdDevice=0100\nA: bConfigurationValue=1\nA: bNumConfigurations=1\nA: bMaxPower=100mA\n";
  text += fmt::format("A: version= {}.00\n", device.speed_mbps >= runners::kSuperSpeed ? 3 : 2);
  text += fmt::format("H: descriptors={}\n\n", descriptors);
  return device.port.empty() ? text : text + interface_text(device);
}

std::string umockdev_root_hubs() {
  const UsbDescription high{
      .bus = 1, .port = "", .number = 1, .vendor = 0x1d6b, .product = 2, .speed_mbps = 480, .is_hub = true};
  const UsbDescription super{.bus = 2,
                             .port = "",
                             .number = 1,
                             .vendor = 0x1d6b,
                             .product = 3,
                             .speed_mbps = runners::kSuperSpeed,
                             .is_hub = true};
  return umockdev_text(high) + umockdev_text(super);
}

}  // namespace qbench::testing
