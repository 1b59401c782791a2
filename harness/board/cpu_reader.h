// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// From /proc/cpuinfo, /proc/self/status and /sys/devices/system/cpu; whatever of these is missing leaves its fields
/// empty. Features are those that every core has. Never throws for the tree's content.
[[nodiscard]] CpuInfo read_cpu(const SystemTree& tree);

}  // namespace qbench
