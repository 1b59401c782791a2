// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <thread>

#include "runners/accelerators/libusb_bus.h"
#include "runners/accelerators/pcie_probe.h"
#include "runners/accelerators/probe_on_bus.h"
#include "runners/accelerators/usb_probe.h"

namespace qbench::runners {

namespace {

constexpr std::chrono::milliseconds kLongestWait{200};

/// What can be read without opening anything; devices are only asked again when this changes.
struct Glance {
  std::vector<SysfsUsbDevice> devices;
  std::vector<NodeInfo> nodes;
  std::vector<std::string> apex;
  bool operator==(const Glance&) const = default;
};

Glance glance_at(const UsbProbe& probe) {
  Glance glance;
  for (const SysfsUsbDevice& device : look_at_usb(probe).devices) {
    if (find_id(probe.ids, device.vendor, device.product) == nullptr) continue;
    glance.devices.push_back(device);
    glance.nodes.push_back(read_node(probe.tree, usb_node(device.bus, device.device_number)));
  }
  glance.apex = probe.tree.names("sys/class/apex");
  return glance;
}

using Seen = std::map<std::string, AcceleratorReport>;  // by bus and port

Seen judge_all(const UsbProbe& probe) {
  Seen seen;
  for (AcceleratorReport& report : judge_usb(probe, look_at_usb(probe))) {
    seen.insert_or_assign("usb " + report.port, std::move(report));
  }
  for (AcceleratorReport& report : probe_pcie(probe.tree, probe.container)) {
    seen.insert_or_assign("pcie " + report.port, std::move(report));
  }
  return seen;
}

bool differs(const AcceleratorReport& a, const AcceleratorReport& b) {
  return a.state != b.state || a.id != b.id || a.device_number != b.device_number || a.speed_mbps != b.speed_mbps;
}

void report_changes(const Seen& before, const Seen& after, const std::function<void(const WatchEvent&)>& on_event) {
  for (const auto& [key, accelerator] : before) {
    if (!after.contains(key)) on_event({WatchEvent::Kind::kLeft, accelerator});
  }
  for (const auto& [key, accelerator] : after) {
    const auto known = before.find(key);
    if (known == before.end()) {
      on_event({WatchEvent::Kind::kArrived, accelerator});
    } else if (differs(known->second, accelerator)) {
      on_event({WatchEvent::Kind::kChanged, accelerator});
    }
  }
}

}  // namespace

void watch_accelerators_on(const ProbeOptions& options, UsbBus* bus,
                           const std::function<void(const WatchEvent&)>& on_event, const std::function<bool()>& stop) {
  const UsbProbe probe{.tree = SystemTree(options.root),
                       .bus = bus,
                       .ids = accelerator_ids(options.usb_ids),
                       .container = options.container,
                       .claim = options.claim};
  Glance glance;
  Seen seen;
  while (!stop()) {
    Glance now = glance_at(probe);
    if (now != glance) {
      Seen judged = judge_all(probe);
      report_changes(seen, judged, on_event);
      seen = std::move(judged);
      glance = std::move(now);
    }
    if (bus != nullptr) {
      bus->wait_for_change(kLongestWait);
    } else {
      std::this_thread::sleep_for(kLongestWait);
    }
  }
}

void watch_accelerators(const ProbeOptions& options, const std::function<void(const WatchEvent&)>& on_event,
                        const std::function<bool()>& stop) {
  std::string reason;
  const std::unique_ptr<UsbBus> bus = options.root == "/" ? make_libusb_bus(reason) : nullptr;
  watch_accelerators_on(options, bus.get(), on_event, stop);
}

}  // namespace qbench::runners
