// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/system_tree.h"
#include "runners/accelerators/probe.h"

namespace qbench::runners {

/// Coral chips on PCIe or M.2: those that the apex driver shows (/sys/class/apex, /dev/apex_N), and those on the PCI
/// bus that no driver has taken.
[[nodiscard]] std::vector<AcceleratorReport> probe_pcie(const SystemTree& tree, const std::string& container);

}  // namespace qbench::runners
