// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/system_tree.h"

namespace qbench {

/// What the cgroups above this process allow, versions 1 and 2; the smallest limit on the way up counts.
struct CgroupLimits {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;
};
[[nodiscard]] CgroupLimits read_cgroup_limits(const SystemTree& tree);

}  // namespace qbench
