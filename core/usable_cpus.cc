// SPDX-License-Identifier: Apache-2.0
#include "core/usable_cpus.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <thread>

#include "core/cgroup_limits.h"

namespace qbench {
namespace {

constexpr int kMostCpus = 1 << 16;

struct FreeCpuSet {
  void operator()(cpu_set_t* set) const noexcept { CPU_FREE(set); }
};

/// CPUs in the affinity mask. The kernel refuses a set that is smaller than its own (EINVAL), so it grows.
int masked_cpus() {
  for (int most = CPU_SETSIZE; most <= kMostCpus; most *= 2) {
    const std::unique_ptr<cpu_set_t, FreeCpuSet> set(CPU_ALLOC(static_cast<std::size_t>(most)));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(most));
    if (set && ::sched_getaffinity(0, bytes, set.get()) == 0) return CPU_COUNT_S(bytes, set.get());
    if (errno != EINVAL) break;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int usable_cpus(const SystemTree& tree) {
  const int masked = std::max(masked_cpus(), 1);
  const std::optional<double> quota = read_cgroup_limits(tree).cpus;
  if (!quota || *quota >= masked) return masked;
  return std::max(static_cast<int>(std::ceil(*quota)), 1);
}

}  // namespace qbench
