// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_diagnosis.h"

#include <fmt/format.h>

#include <algorithm>

#include "runners/accelerators/accelerator_ids.h"

namespace qbench::runners {

namespace {

constexpr double kHighSpeed = 480.0;

struct Verdict {
  DeviceState state;
  std::string cause;
  std::string fix;
};

bool failed_with(const std::optional<UsbStatus>& status, UsbStatus kind) { return status == kind; }

bool failed(const std::optional<UsbStatus>& status) { return status && *status != UsbStatus::kOk; }

bool in_container(const Surroundings& around) { return !around.container.empty() || !around.has_bus_folder; }

constexpr const char* kContainerFlags =
    "start the container with -v /dev/bus/usb:/dev/bus/usb --device-cgroup-rule='c 189:* rmw'";

Verdict no_node(const UsbEvidence& evidence, const Surroundings& around) {
  const std::string cause = fmt::format("the kernel lists it, but /{} does not exist", evidence.node_path);
  if (in_container(around)) return {DeviceState::kNoNode, cause + " (a container without USB)", kContainerFlags};
  return {DeviceState::kNoNode, cause,
          "sudo udevadm trigger --action=add --subsystem-match=usb   # udev must be running"};
}

Verdict vanished(const UsbEvidence& evidence) {
  return {DeviceState::kVanished, fmt::format("it left port {} while it was being asked", evidence.device.port),
          "probe again; when it happens again: other cable, other port, or a powered hub"};
}

Verdict no_permission(const UsbEvidence& evidence, const Surroundings& around) {
  const NodeInfo& node = evidence.node;
  const std::string cause =
      fmt::format("this user may not write /{} (mode {}, group {})", evidence.node_path, node.mode, node.group);
  if (node.group_may_write && !node.in_group && node.group != "root") {
    return {DeviceState::kNoPermission, cause,
            fmt::format("sudo usermod -aG {} $USER   # then log in again", node.group)};
  }
  return {DeviceState::kNoPermission, cause, udev_fix(evidence.id.family, around.ids)};
}

Verdict kernel_driver(const UsbEvidence& evidence) {
  const std::string& driver = evidence.device.interface_driver;
  if (driver.empty() || driver == "usbfs") {
    return {DeviceState::kKernelDriver, "a kernel driver holds its interface",
            fmt::format("ls -l /sys/bus/usb/devices/{}*/driver names it; unbind it there", evidence.device.port)};
  }
  return {DeviceState::kKernelDriver, fmt::format("the kernel driver {} holds its interface", driver),
          fmt::format("echo {} | sudo tee /sys/bus/usb/drivers/{}/unbind", evidence.device.interface_name, driver)};
}

Verdict busy(const UsbEvidence& evidence) {
  if (evidence.holders.empty()) {
    return {DeviceState::kBusy, "another program holds it",
            fmt::format("sudo lsof /{}   # names the program to stop", evidence.node_path)};
  }
  return {DeviceState::kBusy, fmt::format("another program holds it: {}", fmt::join(evidence.holders, ", ")),
          "stop that program"};
}

Verdict error(const UsbEvidence& evidence, const Surroundings& around) {
  if (failed(evidence.open)) {
    // A device cgroup refuses with EPERM, which libusb reports as an I/O error.
    const bool by_cgroup = evidence.open == UsbStatus::kIo && !around.container.empty();
    return {DeviceState::kError, fmt::format("opening it failed: {}", status_name(*evidence.open)),
            by_cgroup ? kContainerFlags : "unplug it, wait five seconds, plug it in again"};
  }
  const bool at_claim = failed(evidence.claim);
  return {DeviceState::kError,
          fmt::format("{}: {}", at_claim ? "claiming its interface failed" : "it does not answer",
                      status_name(at_claim ? *evidence.claim : *evidence.answer)),
          "unplug it, wait five seconds, plug it in again; then try another cable, port or a powered hub"};
}

Verdict uninitialised(const AcceleratorId& id) {
  if (id.family == "coral") {
    return {DeviceState::kUninitialised, "its firmware is not loaded yet, as always before first use",
            "nothing: the first run loads it (some seconds); `qbench probe --init` does it now"};
  }
  return {DeviceState::kUninitialised, "its firmware is not loaded yet, as always before first use",
          "nothing: the vendor's runtime loads it at first use"};
}

bool too_slow(const UsbEvidence& evidence) {
  return evidence.id.family == "coral" && evidence.device.speed_mbps && *evidence.device.speed_mbps < kHighSpeed;
}

Verdict conclude(const UsbEvidence& evidence, const Surroundings& around) {
  if (!evidence.still_there) return vanished(evidence);
  if (!evidence.node.exists) return no_node(evidence, around);
  const bool refused = evidence.open ? *evidence.open == UsbStatus::kAccess : !evidence.node.accessible;
  if (refused) return no_permission(evidence, around);
  const std::string& driver = evidence.device.interface_driver;
  if (evidence.kernel_driver || (!driver.empty() && driver != "usbfs")) return kernel_driver(evidence);
  if (driver == "usbfs" || failed_with(evidence.claim, UsbStatus::kBusy)) return busy(evidence);
  if (failed(evidence.open) || failed(evidence.claim) || failed(evidence.answer)) return error(evidence, around);
  if (too_slow(evidence)) {
    return {DeviceState::kError,
            fmt::format("it runs at {} Mb/s, which its runtime refuses", *evidence.device.speed_mbps),
            "plug it into a USB 3 port with a USB 3 cable, without an old hub"};
  }
  if (!evidence.id.ready) return uninitialised(evidence.id);
  return {DeviceState::kReady, "", ""};
}

// The hub nearest to the machine that is itself slower than the device could be.
const SysfsUsbDevice* slow_hub(const SysfsUsbDevice& device, const Surroundings& around, double expected) {
  for (const SysfsUsbDevice& hub : around.devices) {
    if (device.port.starts_with(hub.port + ".") && hub.speed_mbps && *hub.speed_mbps < expected) return &hub;
  }
  return nullptr;
}

std::string speed_warning(const UsbEvidence& evidence, const Surroundings& around) {
  const double expected = evidence.id.expected_mbps;
  const std::string cost = evidence.id.family == "coral" ? "; expect 3 to 6 times the latency" : "";
  const std::string what = fmt::format("link at {} Mb/s instead of {}", *evidence.device.speed_mbps, expected);
  if (const SysfsUsbDevice* hub = slow_hub(evidence.device, around, expected)) {
    return fmt::format("{}, because hub {} runs at {} Mb/s: use a USB 3 port or hub{}", what, hub->port,
                       *hub->speed_mbps, cost);
  }
  if (around.fastest_root_mbps && *around.fastest_root_mbps < kSuperSpeed) {
    return fmt::format("{}: this machine has no USB 3 port{}", what, cost);
  }
  return fmt::format("{}: plug it into a USB 3 port (blue or marked SS) with a USB 3 cable{}", what, cost);
}

std::string status_text(const std::optional<UsbStatus>& status) {
  return std::string(status ? status_name(*status) : "not tried");
}

void copy_facts(const UsbEvidence& evidence, AcceleratorReport& report) {
  const SysfsUsbDevice& device = evidence.device;
  report.family = evidence.id.family;
  report.name = evidence.id.name;
  report.bus = "usb";
  report.id = id_text(device.vendor, device.product);
  report.port = device.port;
  report.sysfs = device.folder.empty() ? "" : "/" + device.folder;
  report.node = evidence.node.exists ? "/" + evidence.node_path : "";
  report.node_mode = evidence.node.mode;
  report.node_group = evidence.node.group;
  report.device_number = device.device_number;
  report.speed_mbps = device.speed_mbps;
  report.bcd_usb = device.bcd_usb;
  report.bcd_device = device.bcd_device;
  report.max_power_ma = device.max_power_ma;
  report.manufacturer = device.manufacturer;
  report.product = device.product_name;
  report.serial = device.serial;
  report.interface_driver = device.interface_driver;
  report.holders = evidence.holders;
  report.open = status_text(evidence.open);
  report.claim = status_text(evidence.claim);
  report.answer = status_text(evidence.answer);
}

}  // namespace

std::string udev_fix(const std::string& family, const std::vector<AcceleratorId>& ids) {
  std::string rules;
  for (const AcceleratorId& id : ids) {
    if (id.family != family) continue;
    rules +=
        fmt::format(R"( 'SUBSYSTEM=="usb", ATTRS{{idVendor}}=="{:04x}", ATTRS{{idProduct}}=="{:04x}", MODE="0660", )"
                    R"(GROUP="plugdev", TAG+="uaccess"')",
                    id.vendor, id.product);
  }
  return fmt::format(
      R"(printf '%s\n'{} | sudo tee /etc/udev/rules.d/71-{}.rules && sudo udevadm control --reload-rules && )"
      "sudo udevadm trigger && sudo usermod -aG plugdev $USER   # then log in again and replug",
      rules, family);
}

AcceleratorReport diagnose_usb(const UsbEvidence& evidence, const Surroundings& surroundings) {
  AcceleratorReport report;
  copy_facts(evidence, report);
  Verdict verdict = conclude(evidence, surroundings);
  report.state = verdict.state;
  report.cause = std::move(verdict.cause);
  report.fix = std::move(verdict.fix);
  if (evidence.id.expected_mbps > 0) {
    report.expected_speed_mbps = evidence.id.expected_mbps;
    if (evidence.device.speed_mbps) report.speed_ok = *evidence.device.speed_mbps >= evidence.id.expected_mbps;
    if (report.speed_ok == false) report.warnings.push_back(speed_warning(evidence, surroundings));
  }
  return report;
}

}  // namespace qbench::runners
