// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

[[nodiscard]] OsInfo read_os(const SystemTree& tree);

/// /proc/meminfo, and the limit of this process's memory cgroup when it has one.
[[nodiscard]] MemoryInfo read_memory(const SystemTree& tree);

/// /proc/loadavg, /proc/uptime and the steal share since boot.
[[nodiscard]] Activity read_activity(const SystemTree& tree);

/// The first line of /proc/stat, summed up.
struct CpuTicks {
  std::uint64_t total = 0;
  std::uint64_t idle = 0;  ///< idle and waiting for I/O
  std::uint64_t steal = 0;
};
[[nodiscard]] std::optional<CpuTicks> read_cpu_ticks(const SystemTree& tree);
[[nodiscard]] std::optional<double> read_load_1min(const SystemTree& tree);

/// The switches in /proc/self/environ (what this process was started with) that change how a runtime behaves. Only
/// names on a list are taken, so that no secret gets into a record.
[[nodiscard]] std::map<std::string, std::string> read_environment(const SystemTree& tree);

/// "Raspberry Pi 4 Model B Rev 1.4"; empty on machines without a device tree.
[[nodiscard]] std::string read_device_tree_model(const SystemTree& tree);
/// "LENOVO ThinkPad X1"; empty without DMI and where the maker left placeholders.
[[nodiscard]] std::string read_dmi_product(const SystemTree& tree);
/// 8 hex digits of a hash of the board's serial number or the system's machine id; empty without both.
[[nodiscard]] std::string read_unit(const SystemTree& tree);

}  // namespace qbench
