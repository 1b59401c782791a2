// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// From /proc/cpuinfo, /proc/self/status and /sys/devices/system/cpu; whatever of these is missing leaves its fields
/// empty. Features are those that every core has. Never throws for the tree's content.
[[nodiscard]] CpuInfo read_cpu(const SystemTree& tree);

/// Logical CPUs that are online and that the affinity mask leaves to this process, ascending. Empty when the tree does
/// not tell. Never throws for the tree's content.
[[nodiscard]] std::vector<int> allowed_cpus(const SystemTree& tree);

/// The allowed CPU for work of one thread: of the fastest cluster that has one, the CPU with the highest number, since
/// interrupts and short-lived work mostly land on the lowest. nullopt when the tree does not tell.
[[nodiscard]] std::optional<int> fastest_allowed_cpu(const SystemTree& tree);

}  // namespace qbench
