// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runners/runner.h"

namespace qbench::runners {

/// Every back end compiled into this program, in the order in which they are shown and tried.
[[nodiscard]] std::vector<RunnerDescriptor> builtin_runners();

/// The runner of that name. Throws Error(kConfig) with the nearest known name; the reference lives as long as
/// `runners`.
[[nodiscard]] const RunnerDescriptor& find_runner(std::span<const RunnerDescriptor> runners, std::string_view name);

}  // namespace qbench::runners
