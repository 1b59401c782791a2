// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/system_tree.h"

namespace qbench {

/// How many processes or threads this process can keep busy: the CPUs that the calling thread may run on, but not more
/// than the container's quota pays for (1.5 CPUs of time keep two busy), and at least one. More of them would only take
/// turns, and eat memory. `tree` holds the cgroups.
[[nodiscard]] int usable_cpus(const SystemTree& tree = SystemTree());

}  // namespace qbench
