// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "harness/engine/plan.h"

namespace qbench::engine {

/// The CPU that the latency workers of one thread stay on, by RunSettings::pin: "auto" is the fastest allowed one,
/// "none" gives nullopt, a number is that CPU. Two processes that the scheduler leaves on CPUs of their own are not
/// compared but their CPUs are: on a shared host these differ. `root` is the system's root, or a recorded tree.
/// Throws Error(kConfig) when the named CPU is not one that this process may run on.
[[nodiscard]] std::optional<int> latency_cpu(const RunSettings& settings, const std::filesystem::path& root = "/");

/// Whether a cell's latency workers may be kept on one CPU: one thread, and no delegate, whose driver has threads of
/// its own.
[[nodiscard]] bool fits_one_cpu(const CellPlan& cell) noexcept;

}  // namespace qbench::engine
