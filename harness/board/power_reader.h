// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// Mains and the machine's own battery (those of mice and headsets are left out).
[[nodiscard]] PowerSupply read_power_supply(const SystemTree& tree);

}  // namespace qbench
