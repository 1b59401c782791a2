// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"
#include "reports/stored_pairs.h"

namespace qbench::reports {

/// Why the figures of two records must not be set beside each other, one line each, every reason that there is; empty
/// when they may. Looked at: the board (kind, unit, CPUs, memory limits, clocks and governors, throttling, switches in
/// the environment), the dataset, the recipes of the pairs, the CPU that their workers stayed on, whether the board
/// throttled or others disturbed a cell in one run only, and whether either run was interrupted. What a machine does
/// not tell is no reason.
[[nodiscard]] std::vector<std::string> reasons_against(const Record& a, const Record& b, const Pairing& pairing);

}  // namespace qbench::reports
