// SPDX-License-Identifier: Apache-2.0
#include "harness/board/energy_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace qbench {

namespace {

constexpr const char* kPowercap = "sys/class/powercap";
constexpr const char* kHwmon = "sys/class/hwmon";

// Power of a graphics card says nothing about work done by the CPU or an accelerator.
constexpr std::array<std::string_view, 5> kGraphics = {"amdgpu", "radeon", "nouveau", "i915", "xe"};

struct Finding {
  std::vector<EnergyMeter> meters;
  std::string unreadable;  ///< the first meter that is there and refuses
};

// How much of the board a meter covers: the whole, the processor, one rail of unknown extent, a part of the processor.
int coverage_rank(const EnergyMeter& meter) {
  const auto names = [&](std::string_view part) { return meter.name.find(part) != std::string::npos; };
  if (names("psys") || names("VDD_IN") || names("POM_5V_IN")) return 0;
  if (names("package")) return 1;
  return meter.source == "rapl" ? 3 : 2;
}

// Samples are keyed by the meter's name: two chips of one kind get their device's name added.
void keep_if_readable(const SystemTree& tree, EnergyMeter meter, Finding& found) {
  const auto same_name = [&](const EnergyMeter& other) { return other.name == meter.name; };
  if (std::ranges::any_of(found.meters, same_name))
    meter.name += " " + std::filesystem::path(meter.path).parent_path().filename().string();
  if (read_meter(tree, meter)) {
    found.meters.push_back(std::move(meter));
  } else if (found.unreadable.empty()) {
    found.unreadable = "/" + meter.path;
  }
}

void find_rapl(const SystemTree& tree, Finding& found) {
  for (const std::string& zone : tree.names(kPowercap)) {
    const std::string folder = std::string(kPowercap) + "/" + zone;
    // "intel-rapl" without a number is the control type; the same package appears again as intel-rapl-mmio.
    if (zone.find(':') == std::string::npos || zone.starts_with("intel-rapl-mmio")) continue;
    if (!tree.exists(folder + "/energy_uj")) continue;
    EnergyMeter meter;
    meter.name = tree.line(folder + "/name").value_or(zone);
    // Parts of several packages share their names ("core", "dram").
    if (std::ranges::count(zone, ':') > 1) meter.name = zone + " " + meter.name;
    meter.source = "rapl";
    meter.path = folder + "/energy_uj";
    meter.wrap_microjoules = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, tree.integer(folder + "/max_energy_range_uj").value_or(0)));
    keep_if_readable(tree, std::move(meter), found);
  }
}

bool is_file(std::string_view file, std::string_view kind, std::string_view ending) {
  return file.starts_with(kind) && file.ends_with(ending);
}

/// One chip below /sys/class/hwmon.
struct Chip {
  std::string folder;
  std::string driver;
  std::string source;
  std::vector<std::string> files;
};

// "ina3221 VDD_IN"; without a label file the channel's own name.
std::string channel_name(const SystemTree& tree, const Chip& chip, const std::string& label_file,
                         const std::string& channel) {
  return fmt::format("{} {}", chip.driver, tree.line(child_path(chip.folder, label_file)).value_or(channel));
}

// True when the chip itself shows power or energy.
bool find_power_channels(const SystemTree& tree, const Chip& chip, Finding& found) {
  bool any = false;
  for (const std::string& file : chip.files) {
    const bool is_power = is_file(file, "power", "_input") || is_file(file, "power", "_average");
    if (!is_power && !is_file(file, "energy", "_input")) continue;
    any = true;
    const std::string channel = file.substr(0, file.find('_'));
    EnergyMeter meter;
    meter.name = channel_name(tree, chip, channel + "_label", channel);
    meter.source = chip.source;
    meter.kind = is_power ? EnergyMeter::Kind::kPower : EnergyMeter::Kind::kCounter;
    meter.path = child_path(chip.folder, file);
    keep_if_readable(tree, std::move(meter), found);
  }
  return any;
}

// An INA3221 shows current and voltage apart.
void find_current_channels(const SystemTree& tree, const Chip& chip, Finding& found) {
  constexpr std::string_view kCurrent = "curr";
  for (const std::string& file : chip.files) {
    if (!is_file(file, kCurrent, "_input")) continue;
    const std::string number = file.substr(kCurrent.size(), file.find('_') - kCurrent.size());
    EnergyMeter meter;
    meter.name = channel_name(tree, chip, fmt::format("in{}_label", number), "channel " + number);
    meter.source = chip.source;
    meter.kind = EnergyMeter::Kind::kPower;
    meter.path = child_path(chip.folder, file);
    meter.voltage_path = child_path(chip.folder, fmt::format("in{}_input", number));
    // The chip's fourth "channel" is a sum of shunt voltages, not a supply.
    if (tree.exists(meter.voltage_path)) keep_if_readable(tree, std::move(meter), found);
  }
}

void find_hwmon(const SystemTree& tree, const std::string& device, Finding& found) {
  Chip chip;
  chip.folder = child_path(kHwmon, device);
  chip.driver = tree.line(child_path(chip.folder, "name")).value_or(device);
  if (std::ranges::find(kGraphics, chip.driver) != kGraphics.end()) return;
  chip.source = chip.driver.starts_with("ina") ? "ina2xx" : "hwmon";
  chip.files = tree.names(chip.folder);
  if (!find_power_channels(tree, chip, found) && chip.driver == "ina3221") find_current_channels(tree, chip, found);
}

}  // namespace

std::optional<std::uint64_t> read_meter(const SystemTree& tree, const EnergyMeter& meter) {
  const std::optional<std::int64_t> value = tree.integer(meter.path);
  if (!value || *value < 0) return std::nullopt;
  if (meter.voltage_path.empty()) return static_cast<std::uint64_t>(*value);
  // Milliampere times millivolt is microwatt.
  const std::optional<std::int64_t> millivolts = tree.integer(meter.voltage_path);
  if (!millivolts || *millivolts < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value) * static_cast<std::uint64_t>(*millivolts);
}

EnergySupport read_energy_support(const SystemTree& tree) {
  Finding found;
  find_rapl(tree, found);
  for (const std::string& device : tree.names(kHwmon)) find_hwmon(tree, device, found);
  std::ranges::stable_sort(found.meters,
                           [](const auto& a, const auto& b) { return coverage_rank(a) < coverage_rank(b); });
  EnergySupport support;
  support.meters = std::move(found.meters);
  if (!support.meters.empty()) return support;
  if (!found.unreadable.empty()) {
    support.reason =
        fmt::format("{0} cannot be read by this user; run as root or `sudo chmod a+r {0}`", found.unreadable);
  } else {
    support.reason = "this board shows no energy meter (no powercap, no hwmon power, no INA2xx)";
  }
  return support;
}

}  // namespace qbench
