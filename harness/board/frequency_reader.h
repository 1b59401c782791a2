// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

/// The clock policies of the kernel's cpufreq; none in most virtual machines and containers.
[[nodiscard]] std::vector<FrequencyPolicy> read_frequencies(const SystemTree& tree);

/// The file with the present clock of a policy in kHz, relative to the root.
[[nodiscard]] std::string frequency_path(const std::string& policy_name);

}  // namespace qbench
