// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/usb_sysfs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <system_error>

namespace qbench::runners {

namespace {

constexpr const char* kDevices = "sys/bus/usb/devices";
constexpr std::size_t kMaxHoldersShown = 4;

// "2-1.4" but neither "usb2" (a root hub) nor "2-1:1.0" (an interface).
bool is_device_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789.-") == std::string::npos &&
         name.find('-') != std::string::npos;
}

std::uint16_t hex_id(const SystemTree& tree, const std::string& path) {
  const std::int64_t value = tree.integer(path, 16).value_or(0);
  return value < 0 || value > std::numeric_limits<std::uint16_t>::max() ? std::uint16_t{0}
                                                                        : static_cast<std::uint16_t>(value);
}

int small_number(const SystemTree& tree, const std::string& path) {
  const std::int64_t value = tree.integer(path).value_or(0);
  return value < 0 || value > std::numeric_limits<int>::max() ? 0 : static_cast<int>(value);
}

// The kernel writes "0100" for 1.00 here and " 3.10" in the file "version".
std::string dotted_bcd(const std::string& digits) {
  if (digits.size() != 4) return digits;
  const std::string major = digits[0] == '0' ? digits.substr(1, 1) : digits.substr(0, 2);
  return major + "." + digits.substr(2);
}

void read_first_interface(const SystemTree& tree, SysfsUsbDevice& device) {
  for (const std::string& name : tree.names(device.folder)) {
    if (!name.starts_with(device.port + ":")) continue;
    device.interface_name = name;
    device.interface_driver = tree.link_name(device.folder + "/" + name + "/driver").value_or("");
    return;
  }
  // Recorded trees may hold interfaces beside their device only.
  for (const std::string& name : tree.names(kDevices)) {
    if (!name.starts_with(device.port + ":")) continue;
    device.interface_name = name;
    device.interface_driver = tree.link_name(std::string(kDevices) + "/" + name + "/driver").value_or("");
    return;
  }
}

SysfsUsbDevice read_device(const SystemTree& tree, const std::string& name) {
  SysfsUsbDevice device;
  device.port = name;
  device.folder = std::string(kDevices) + "/" + name;
  const auto text = [&](const char* file) { return tree.line(device.folder + "/" + file).value_or(""); };
  device.bus = small_number(tree, device.folder + "/busnum");
  device.device_number = small_number(tree, device.folder + "/devnum");
  device.vendor = hex_id(tree, device.folder + "/idVendor");
  device.product = hex_id(tree, device.folder + "/idProduct");
  device.speed_mbps = parse_real(text("speed"));
  device.bcd_usb = text("version");
  device.bcd_device = dotted_bcd(text("bcdDevice"));
  const std::string power = text("bMaxPower");
  if (const auto milliamperes = parse_integer(power.substr(0, power.find('m')))) {
    device.max_power_ma = static_cast<int>(*milliamperes);
  }
  device.manufacturer = text("manufacturer");
  device.product_name = text("product");
  device.serial = text("serial");
  read_first_interface(tree, device);
  return device;
}

std::string group_name(const SystemTree& tree, gid_t gid) {
  std::string number = std::to_string(gid);
  for (const std::string& line : lines_of(tree.text("etc/group").value_or(""))) {
    const std::vector<std::string> fields = words_of(line, ":");
    if (fields.size() > 2 && fields[2] == number) return fields[0];
  }
  return number;
}

bool has_group(gid_t gid) {
  if (::getegid() == gid) return true;
  const int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  if (::getgroups(count, groups.data()) < 0) return false;
  return std::ranges::find(groups, gid) != groups.end();
}

bool holds(const SystemTree& tree, const std::string& process, const std::filesystem::path& node) {
  std::error_code error;
  const std::string folder = "proc/" + process + "/fd";
  return std::ranges::any_of(tree.names(folder), [&](const std::string& fd) {
    return std::filesystem::read_symlink(tree.at(folder + "/" + fd), error) == node;
  });
}

}  // namespace

std::string usb_node(int bus, int device_number) { return fmt::format("dev/bus/usb/{:03}/{:03}", bus, device_number); }

SysfsUsb read_sysfs_usb(const SystemTree& tree) {
  SysfsUsb usb;
  usb.present = tree.exists("sys/bus/usb");
  for (const std::string& name : tree.names(kDevices)) {
    if (name.starts_with("usb")) {
      const std::optional<double> speed =
          parse_real(tree.line(std::string(kDevices) + "/" + name + "/speed").value_or(""));
      usb.fastest_root_mbps = std::max(usb.fastest_root_mbps, speed);
    } else if (is_device_name(name)) {
      usb.devices.push_back(read_device(tree, name));
    }
  }
  return usb;
}

NodeInfo read_node(const SystemTree& tree, const std::string& node) {
  NodeInfo info;
  const std::filesystem::path path = tree.at(node);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return info;
  info.exists = true;
  info.accessible = ::access(path.c_str(), R_OK | W_OK) == 0;
  info.mode = fmt::format("{:04o}", status.st_mode & 07777U);
  info.group = group_name(tree, status.st_gid);
  info.group_may_write = (status.st_mode & S_IRGRP) != 0 && (status.st_mode & S_IWGRP) != 0;
  info.in_group = has_group(status.st_gid);
  return info;
}

std::vector<std::string> find_holders(const SystemTree& tree, const std::string& node) {
  const std::filesystem::path path = tree.at(node);
  std::vector<std::string> holders;
  for (const std::string& process : tree.names("proc")) {
    if (!parse_integer(process) || !holds(tree, process, path)) continue;
    holders.push_back(process + " (" + tree.line("proc/" + process + "/comm").value_or("?") + ")");
    if (holders.size() == kMaxHoldersShown) break;
  }
  return holders;
}

}  // namespace qbench::runners
