// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// The kernel's thermal zones, and the CPU sensors of hwmon (coretemp, k10temp, zenpower), which PCs have beside or
/// instead of them.
[[nodiscard]] std::vector<ThermalZone> read_thermal_zones(const SystemTree& tree);

/// The file with a zone's temperature in millidegrees, relative to the root.
[[nodiscard]] std::string temperature_path(const std::string& zone_name);
/// Degrees from such a file; nullopt when unreadable (a zone may be switched off) or outside -55..200.
[[nodiscard]] std::optional<double> read_celsius(const SystemTree& tree, const std::string& path);

[[nodiscard]] Throttling read_throttling(const SystemTree& tree);

/// The Raspberry Pi firmware's get_throttled file relative to the root; empty elsewhere.
[[nodiscard]] std::string firmware_throttle_path(const SystemTree& tree);
[[nodiscard]] std::optional<std::uint32_t> read_firmware_word(const SystemTree& tree, const std::string& path);

/// Files with x86 throttle counters, relative to the root.
struct ThrottleCounterPaths {
  std::vector<std::string> core;
  std::vector<std::string> package;
};
[[nodiscard]] ThrottleCounterPaths throttle_counter_paths(const SystemTree& tree);
/// The sum of the core counters; nullopt when there is none.
[[nodiscard]] std::optional<std::uint64_t> sum_of_counters(const SystemTree& tree,
                                                           const std::vector<std::string>& paths);
/// The largest counter: every CPU of a package shows the same one.
[[nodiscard]] std::optional<std::uint64_t> largest_counter(const SystemTree& tree,
                                                           const std::vector<std::string>& paths);

}  // namespace qbench
