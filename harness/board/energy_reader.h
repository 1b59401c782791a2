// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// Meters that this process may read: RAPL through powercap, energy and power attributes of hwmon, INA3221 channels
/// (current times voltage). Without one, `reason` says why, and what would help.
[[nodiscard]] EnergySupport read_energy_support(const SystemTree& tree);

/// Microjoules of a counter or microwatts of a power meter, now.
[[nodiscard]] std::optional<std::uint64_t> read_meter(const SystemTree& tree, const EnergyMeter& meter);

}  // namespace qbench
