// SPDX-License-Identifier: Apache-2.0
#include "harness/app/board_text.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "core/printable.h"

namespace qbench::app {

namespace {

constexpr double kGib = 1024.0 * 1024.0 * 1024.0;
constexpr double kKhzPerMhz = 1000.0;

std::string row(std::string_view label, std::string_view text) {
  return text.empty() ? "" : fmt::format("{:<11}{}\n", label, printable(text));
}

std::string cpu_text(const CpuInfo& cpu) {
  std::string text = fmt::format("{}, {} cores", cpu.model.empty() ? "unknown" : cpu.model, cpu.physical_cores);
  if (cpu.logical_cores != cpu.physical_cores) text += fmt::format(" / {} threads", cpu.logical_cores);
  if (cpu.allowed_cores < cpu.logical_cores) text += fmt::format(", {} for this process", cpu.allowed_cores);
  if (!cpu.architecture.empty()) text += ", " + cpu.architecture;
  return text;
}

std::string cache_text(const CpuInfo& cpu) {
  std::string text;
  for (const CpuCache& cache : cpu.caches) {
    const std::string_view kind = cache.type == "data" ? "d" : cache.type == "instruction" ? "i" : "";
    text += fmt::format("{}L{}{} {} KiB x {}", text.empty() ? "" : ", ", cache.level, kind, cache.bytes / 1024,
                        cache.instances);
  }
  return text;
}

std::string memory_text(const MemoryInfo& memory) {
  std::string text = fmt::format("{:.1f} GiB, {:.1f} available", static_cast<double>(memory.total_bytes) / kGib,
                                 static_cast<double>(memory.available_bytes) / kGib);
  if (memory.cgroup_limit_bytes) {
    text += fmt::format(", limited to {:.1f}", static_cast<double>(*memory.cgroup_limit_bytes) / kGib);
  }
  if (memory.swap_total_bytes > 0) {
    text += fmt::format(", swap {:.1f}", static_cast<double>(memory.swap_total_bytes) / kGib);
  }
  return text;
}

std::string system_text(const OsInfo& os) {
  std::vector<std::string> parts;
  if (!os.pretty_name.empty()) parts.push_back(os.pretty_name);
  if (!os.kernel.empty()) parts.push_back("Linux " + os.kernel);
  if (!os.virtualization.empty()) parts.push_back("virtual machine: " + os.virtualization);
  if (!os.container.empty()) parts.push_back("container: " + os.container);
  if (os.cgroup_cpu_quota) parts.push_back(fmt::format("at most {:g} CPUs", *os.cgroup_cpu_quota));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string clock_text(const FrequencyPolicy& policy) {
  const auto mhz = [](const std::optional<std::int64_t>& khz) {
    return khz ? fmt::format("{:.0f}", static_cast<double>(*khz) / kKhzPerMhz) : "?";
  };
  return fmt::format("{}: {} to {} MHz, now {}, governor {}", policy.name, mhz(policy.min_khz), mhz(policy.max_khz),
                     mhz(policy.current_khz), policy.governor.empty() ? "unknown" : policy.governor);
}

std::string zone_text(const ThermalZone& zone) {
  std::string text = fmt::format("{} {:.1f} C", zone.type.empty() ? zone.name : zone.type, *zone.celsius);
  if (zone.throttle_celsius) text += fmt::format(" (slows down at {:.0f})", *zone.throttle_celsius);
  return text;
}

std::string throttle_text(const Throttling& throttling) {
  std::vector<std::string> parts = throttling.firmware_flags;
  if (parts.empty() && throttling.firmware_word) parts.emplace_back("none");
  if (throttling.core_events) parts.push_back(fmt::format("{} core events since boot", *throttling.core_events));
  if (throttling.package_events) parts.push_back(fmt::format("{} package events", *throttling.package_events));
  if (throttling.undervoltage_alarm == true) parts.emplace_back("under-voltage alarm");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string power_text(const PowerSupply& power) {
  std::vector<std::string> parts;
  if (power.mains_online) parts.emplace_back(*power.mains_online ? "mains" : "no mains");
  if (power.battery_percent) {
    parts.push_back(fmt::format("battery {} %{}{}", *power.battery_percent, power.battery_status.empty() ? "" : ", ",
                                power.battery_status));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string energy_text(const EnergySupport& energy) {
  std::vector<std::string> names;
  for (const EnergyMeter& meter : energy.meters) names.push_back(meter.name);
  return names.empty() ? "none: " + energy.reason : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string board_text(const Board& board) {
  std::string text = row("Board", fmt::format("{}  [{}]", board.name, board.id));
  text += row("CPU", cpu_text(board.cpu));
  text += row("Features", fmt::format("{}", fmt::join(board.cpu.isa, " ")));
  text += row("Caches", cache_text(board.cpu));
  text += row("Memory", memory_text(board.memory));
  text += row("System", system_text(board.os));
  for (const FrequencyPolicy& policy : board.frequencies) text += row("Clock", clock_text(policy));
  for (const ThermalZone& zone : board.thermal_zones) {
    if (zone.celsius) text += row("Heat", zone_text(zone));
  }
  text += row("Throttled", throttle_text(board.throttling));
  text += row("Power", power_text(board.power));
  text += row("Energy", energy_text(board.energy));
  text += row("Load", fmt::format("{:.2f} {:.2f} {:.2f}, up {:.0f} s", board.activity.load_1min,
                                  board.activity.load_5min, board.activity.load_15min, board.activity.uptime_s));
  for (const auto& [name, value] : board.environment) text += row("Switch", fmt::format("{}={}", name, value));
  return text;
}

}  // namespace qbench::app
