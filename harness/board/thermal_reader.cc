// SPDX-License-Identifier: Apache-2.0
#include "harness/board/thermal_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace qbench {

namespace {

constexpr const char* kZones = "sys/class/thermal";
constexpr const char* kHwmon = "sys/class/hwmon";
constexpr const char* kPlatform = "sys/devices/platform";
constexpr const char* kCpuFolder = "sys/devices/system/cpu";
constexpr double kMillidegrees = 1000.0;

// The lowest temperature at which the kernel begins to slow the board down.
std::optional<double> throttle_celsius(const SystemTree& tree, const std::string& folder) {
  std::optional<double> lowest;
  for (const std::string& name : tree.names(folder)) {
    if (!name.starts_with("trip_point_") || !name.ends_with("_type")) continue;
    const std::string type = tree.line(child_path(folder, name)).value_or("");
    if (type != "passive" && type != "hot") continue;
    const std::string stem = name.substr(0, name.size() - std::string_view("_type").size());
    const std::optional<double> celsius = read_celsius(tree, child_path(folder, stem + "_temp"));
    if (celsius && *celsius > 0.0) lowest = std::min(lowest.value_or(*celsius), *celsius);
  }
  return lowest;
}

void add_kernel_zones(const SystemTree& tree, std::vector<ThermalZone>& zones) {
  for (const std::string& name : tree.names(kZones)) {
    if (!name.starts_with("thermal_zone")) continue;
    const std::string folder = child_path(kZones, name);
    ThermalZone& zone = zones.emplace_back();
    zone.name = name;
    zone.type = tree.line(folder + "/type").value_or("");
    zone.celsius = read_celsius(tree, temperature_path(name));
    zone.throttle_celsius = throttle_celsius(tree, folder);
  }
}

void add_cpu_sensors(const SystemTree& tree, std::vector<ThermalZone>& zones) {
  constexpr std::array<std::string_view, 3> kCpuSensors = {"coretemp", "k10temp", "zenpower"};
  constexpr std::string_view kInput = "_input";
  for (const std::string& device : tree.names(kHwmon)) {
    const std::string folder = child_path(kHwmon, device);
    const std::string driver = tree.line(folder + "/name").value_or("");
    if (std::ranges::find(kCpuSensors, driver) == kCpuSensors.end()) continue;
    for (const std::string& file : tree.names(folder)) {
      if (!file.starts_with("temp") || !file.ends_with(kInput)) continue;
      const std::string stem = file.substr(0, file.size() - kInput.size());
      const std::optional<std::string> label = tree.line(child_path(folder, stem + "_label"));
      ThermalZone& zone = zones.emplace_back();
      zone.name = child_path(device, stem);
      zone.type = label ? driver + " " + *label : driver;
      zone.celsius = read_celsius(tree, temperature_path(zone.name));
    }
  }
}

std::optional<bool> undervoltage_alarm(const SystemTree& tree) {
  for (const std::string& device : tree.names(kHwmon)) {
    const std::string folder = child_path(kHwmon, device);
    if (tree.line(folder + "/name") != "rpi_volt") continue;
    const std::optional<std::int64_t> alarm = tree.integer(folder + "/in0_lcrit_alarm");
    if (alarm) return *alarm != 0;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ThermalZone> read_thermal_zones(const SystemTree& tree) {
  std::vector<ThermalZone> zones;
  add_kernel_zones(tree, zones);
  add_cpu_sensors(tree, zones);
  return zones;
}

std::string temperature_path(const std::string& zone_name) {
  if (zone_name.find('/') != std::string::npos) return std::string(kHwmon) + "/" + zone_name + "_input";
  return std::string(kZones) + "/" + zone_name + "/temp";
}

std::optional<double> read_celsius(const SystemTree& tree, const std::string& path) {
  constexpr double kColdest = -55.0;
  constexpr double kHottest = 200.0;
  const std::optional<std::int64_t> millidegrees = tree.integer(path);
  if (!millidegrees) return std::nullopt;
  const double celsius = static_cast<double>(*millidegrees) / kMillidegrees;
  if (celsius < kColdest || celsius > kHottest) return std::nullopt;
  return celsius;
}

std::string firmware_throttle_path(const SystemTree& tree) {
  const std::string platform = kPlatform;
  // The firmware node sits below the SoC node, whose name changed between kernels ("soc", "soc@107c000000").
  for (const std::string& soc : tree.names(platform)) {
    if (!soc.starts_with("soc")) continue;
    const std::string folder = child_path(platform, soc);
    for (const std::string& device : tree.names(folder)) {
      std::string file = child_path(child_path(folder, device), "get_throttled");
      if (device.ends_with("firmware") && tree.exists(file)) return file;
    }
  }
  return {};
}

std::optional<std::uint32_t> read_firmware_word(const SystemTree& tree, const std::string& path) {
  if (path.empty()) return std::nullopt;
  const std::optional<std::int64_t> word = tree.integer(path, 16);
  if (!word || *word < 0 || *word > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*word);
}

ThrottleCounterPaths throttle_counter_paths(const SystemTree& tree) {
  ThrottleCounterPaths paths;
  for (const std::string& name : tree.names(kCpuFolder)) {
    if (!name.starts_with("cpu")) continue;
    const std::string folder = std::string(kCpuFolder) + "/" + name + "/thermal_throttle";
    if (tree.exists(folder + "/core_throttle_count")) paths.core.push_back(folder + "/core_throttle_count");
    if (tree.exists(folder + "/package_throttle_count")) paths.package.push_back(folder + "/package_throttle_count");
  }
  return paths;
}

std::optional<std::uint64_t> sum_of_counters(const SystemTree& tree, const std::vector<std::string>& paths) {
  std::optional<std::uint64_t> sum;
  for (const std::string& path : paths) {
    const std::optional<std::int64_t> count = tree.integer(path);
    if (count && *count >= 0) sum = sum.value_or(0) + static_cast<std::uint64_t>(*count);
  }
  return sum;
}

std::optional<std::uint64_t> largest_counter(const SystemTree& tree, const std::vector<std::string>& paths) {
  std::optional<std::uint64_t> largest;
  for (const std::string& path : paths) {
    const std::optional<std::int64_t> count = tree.integer(path);
    if (count && *count >= 0) largest = std::max(largest.value_or(0), static_cast<std::uint64_t>(*count));
  }
  return largest;
}

Throttling read_throttling(const SystemTree& tree) {
  Throttling throttling;
  throttling.firmware_word = read_firmware_word(tree, firmware_throttle_path(tree));
  if (throttling.firmware_word) throttling.firmware_flags = throttle_flags(*throttling.firmware_word);
  const ThrottleCounterPaths paths = throttle_counter_paths(tree);
  throttling.core_events = sum_of_counters(tree, paths.core);
  throttling.package_events = largest_counter(tree, paths.package);
  throttling.undervoltage_alarm = undervoltage_alarm(tree);
  return throttling;
}

}  // namespace qbench
