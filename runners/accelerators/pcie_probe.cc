// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/pcie_probe.h"

#include <fmt/format.h>

#include "runners/accelerators/usb_sysfs.h"

namespace qbench::runners {

namespace {

constexpr const char* kClass = "sys/class/apex";
constexpr const char* kPci = "sys/bus/pci/devices";
constexpr std::int64_t kVendor = 0x1ac1;
constexpr std::int64_t kProduct = 0x089a;
constexpr double kMillidegrees = 1000.0;

AcceleratorReport coral_report(DeviceState state, std::string cause, std::string fix) {
  AcceleratorReport report;
  report.family = "coral";
  report.name = "Coral Edge TPU (PCIe)";
  report.bus = "pcie";
  report.id = "1ac1:089a";
  report.open = report.claim = report.answer = "not tried";
  report.state = state;
  report.cause = std::move(cause);
  report.fix = std::move(fix);
  return report;
}

AcceleratorReport without_access(const NodeInfo& node, const std::string& path) {
  std::string cause = fmt::format("this user may not write /{} (mode {}, group {})", path, node.mode, node.group);
  if (node.group_may_write && node.group != "root") {
    return coral_report(DeviceState::kNoPermission, std::move(cause),
                        fmt::format("sudo usermod -aG {} $USER   # then log in again", node.group));
  }
  return coral_report(DeviceState::kNoPermission, std::move(cause),
                      R"(echo 'SUBSYSTEM=="apex", MODE="0660", GROUP="apex"' | sudo tee )"
                      "/etc/udev/rules.d/65-apex.rules && sudo groupadd -f apex && sudo usermod -aG apex $USER && "
                      "sudo udevadm control --reload-rules && sudo udevadm trigger   # then log in again");
}

AcceleratorReport judge_apex(const SystemTree& tree, const std::string& name, const std::string& container) {
  const std::string folder = std::string(kClass) + "/" + name;
  const std::string path = "dev/" + name;
  const NodeInfo node = read_node(tree, path);
  if (!node.exists) {
    return coral_report(DeviceState::kNoNode, fmt::format("the driver shows {}, but /{} does not exist", name, path),
                        container.empty() ? "sudo udevadm trigger --action=add --subsystem-match=apex"
                                          : fmt::format("start the container with --device /{0}:/{0}", path));
  }
  if (!node.accessible) return without_access(node, path);
  const std::string status = tree.line(folder + "/status").value_or("ALIVE");
  if (status != "ALIVE") {
    return coral_report(DeviceState::kError, fmt::format("the driver says {}", status),
                        "power the machine off and on; check cooling");
  }
  if (tree.integer(folder + "/is_device_owned").value_or(0) > 0) {
    const std::string owner = tree.line(folder + "/device_owner").value_or("unknown");
    return coral_report(DeviceState::kBusy, fmt::format("another program holds it (process {})", owner),
                        "stop that program");
  }
  return coral_report(DeviceState::kReady, "", "");
}

std::optional<double> celsius(const SystemTree& tree, const std::string& path) {
  const std::optional<std::int64_t> millidegrees = tree.integer(path);
  if (!millidegrees) return std::nullopt;
  return static_cast<double>(*millidegrees) / kMillidegrees;
}

AcceleratorReport probe_apex(const SystemTree& tree, const std::string& name, const std::string& container) {
  AcceleratorReport report = judge_apex(tree, name, container);
  const std::string folder = std::string(kClass) + "/" + name;
  const NodeInfo node = read_node(tree, "dev/" + name);
  report.sysfs = "/" + folder;
  report.port = tree.link_name(folder + "/device").value_or(name);
  report.node = node.exists ? "/dev/" + name : "";
  report.node_mode = node.mode;
  report.node_group = node.group;
  report.celsius = celsius(tree, folder + "/temp");
  const std::optional<double> limit = celsius(tree, folder + "/trip_point0_temp");
  if (report.celsius && limit && *report.celsius >= *limit) {
    report.warnings.push_back(
        fmt::format("{:.0f} degrees C: the driver slows it down from {:.0f} on; cool it", *report.celsius, *limit));
  }
  return report;
}

bool is_driverless_coral(const SystemTree& tree, const std::string& address) {
  const std::string folder = std::string(kPci) + "/" + address;
  return tree.integer(folder + "/vendor", 16) == kVendor && tree.integer(folder + "/device", 16) == kProduct &&
         tree.link_name(folder + "/driver") != "apex";
}

}  // namespace

std::vector<AcceleratorReport> probe_pcie(const SystemTree& tree, const std::string& container) {
  std::vector<AcceleratorReport> reports;
  for (const std::string& name : tree.names(kClass)) reports.push_back(probe_apex(tree, name, container));
  for (const std::string& address : tree.names(kPci)) {
    if (!is_driverless_coral(tree, address)) continue;
    AcceleratorReport report =
        coral_report(DeviceState::kNoDriver, "the chip is on the PCI bus, but the apex driver is not loaded",
                     "sudo apt-get install gasket-dkms && sudo modprobe apex");
    report.port = address;
    report.sysfs = std::string("/") + kPci + "/" + address;
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace qbench::runners
