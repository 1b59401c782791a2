// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "runners/accelerators/usb_diagnosis.h"

namespace qbench::runners {

namespace {

// The Edge TPU's register interface, and the first of every other accelerator known here.
constexpr int kInterface = 0;
constexpr std::chrono::milliseconds kAnswerTimeout{1000};

bool same_device(const SysfsUsbDevice& a, const SysfsUsbDevice& b) {
  return a.bus == b.bus && a.device_number == b.device_number && a.vendor == b.vendor && a.product == b.product;
}

bool contains(const SysfsUsb& usb, const SysfsUsbDevice& device) {
  return std::ranges::any_of(usb.devices, [&](const SysfsUsbDevice& other) { return same_device(other, device); });
}

std::string port_text(const UsbListing& listing) {
  return fmt::format("{}-{}", listing.bus, fmt::join(listing.ports, "."));
}

bool is_listed(const std::vector<UsbListing>& listings, const SysfsUsbDevice& device) {
  return std::ranges::any_of(listings, [&](const UsbListing& listing) {
    return listing.bus == device.bus && listing.address == device.device_number;
  });
}

void claim_and_ask(UsbConnection& connection, UsbEvidence& evidence) {
  evidence.claim = connection.claim(kInterface);
  if (*evidence.claim == UsbStatus::kOk) evidence.answer = connection.request_status(kAnswerTimeout);
}

void ask_library(const UsbProbe& probe, const std::vector<UsbListing>& listings, UsbEvidence& evidence) {
  // A library without udev events never learns of later arrivals; the kernel's view then has to do.
  if (probe.bus == nullptr || !is_listed(listings, evidence.device)) return;
  const UsbOpening opening = probe.bus->open(evidence.device.bus, evidence.device.device_number);
  evidence.open = opening.status;
  if (opening.connection == nullptr) return;
  evidence.kernel_driver = opening.connection->kernel_driver_active(kInterface);
  const bool taken = evidence.kernel_driver || !evidence.device.interface_driver.empty();
  if (probe.claim && !taken) claim_and_ask(*opening.connection, evidence);
}

bool any_failure(const UsbEvidence& evidence) {
  const auto failed = [](const std::optional<UsbStatus>& status) { return status && *status != UsbStatus::kOk; };
  return !evidence.node.exists || failed(evidence.open) || failed(evidence.claim) || failed(evidence.answer);
}

bool seems_busy(const UsbEvidence& evidence) {
  return evidence.device.interface_driver == "usbfs" || evidence.claim == UsbStatus::kBusy;
}

UsbEvidence gather(const UsbProbe& probe, const SysfsUsbDevice& device, const AcceleratorId& id,
                   const std::vector<UsbListing>& listings) {
  UsbEvidence evidence;
  evidence.device = device;
  evidence.id = id;
  evidence.node_path = usb_node(device.bus, device.device_number);
  evidence.node = read_node(probe.tree, evidence.node_path);
  ask_library(probe, listings, evidence);
  if (any_failure(evidence)) evidence.still_there = contains(look_at_usb(probe), device);
  if (seems_busy(evidence)) evidence.holders = find_holders(probe.tree, evidence.node_path);
  return evidence;
}

const SysfsUsbDevice* find_ready(const UsbProbe& probe, const SysfsUsb& usb, const std::string& family,
                                 const std::string& port, const SysfsUsb& before) {
  const SysfsUsbDevice* newcomer = nullptr;
  int newcomers = 0;
  for (const SysfsUsbDevice& device : usb.devices) {
    const AcceleratorId* id = find_id(probe.ids, device.vendor, device.product);
    if (id == nullptr || !id->ready || id->family != family) continue;
    if (device.port == port) return &device;
    if (contains(before, device)) continue;
    newcomer = &device;
    ++newcomers;
  }
  // At another speed a device sits on another bus, and so on another port.
  return newcomers == 1 ? newcomer : nullptr;
}

}  // namespace

SysfsUsb look_at_usb(const UsbProbe& probe) {
  SysfsUsb usb = read_sysfs_usb(probe.tree);
  // Where sysfs is, it is right: the library's list lags behind when a device goes.
  if (usb.present || probe.bus == nullptr) return usb;
  for (const UsbListing& listing : probe.bus->list()) {
    if (listing.ports.empty()) continue;
    SysfsUsbDevice& device = usb.devices.emplace_back();
    device.port = port_text(listing);
    device.bus = listing.bus;
    device.device_number = listing.address;
    device.vendor = listing.vendor;
    device.product = listing.product;
    device.speed_mbps = listing.speed_mbps;
  }
  return usb;
}

std::vector<AcceleratorReport> judge_usb(const UsbProbe& probe, const SysfsUsb& usb) {
  const Surroundings around{.container = probe.container,
                            .has_bus_folder = probe.tree.exists("dev/bus/usb"),
                            .fastest_root_mbps = usb.fastest_root_mbps,
                            .devices = usb.devices,
                            .ids = probe.ids};
  const std::vector<UsbListing> listings = probe.bus == nullptr ? std::vector<UsbListing>{} : probe.bus->list();
  std::vector<AcceleratorReport> reports;
  for (const SysfsUsbDevice& device : usb.devices) {
    const AcceleratorId* id = find_id(probe.ids, device.vendor, device.product);
    if (id != nullptr) reports.push_back(diagnose_usb(gather(probe, device, *id, listings), around));
  }
  return reports;
}

std::optional<SysfsUsbDevice> await_ready(const UsbProbe& probe, const std::string& family, const std::string& port,
                                          const SysfsUsb& before, std::chrono::milliseconds timeout,
                                          const std::function<void()>& pause) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const SysfsUsb now = look_at_usb(probe);
    if (const SysfsUsbDevice* device = find_ready(probe, now, family, port, before)) return *device;
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    pause();
  }
}

}  // namespace qbench::runners
