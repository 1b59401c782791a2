// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/system_tree.h"

namespace qbench {

/// "kvm", "qemu", "vmware", "virtualbox", "hyper-v", "xen", "parallels", "amazon", "google" or "hypervisor" (one that
/// does not say its name); empty on bare metal.
[[nodiscard]] std::string read_virtualization(const SystemTree& tree);

/// "docker", "podman", "lxc", "kubernetes", "containerd", ... ; empty outside.
[[nodiscard]] std::string read_container(const SystemTree& tree);

/// What the cgroups above this process allow, versions 1 and 2; the smallest limit on the way up counts.
struct CgroupLimits {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;
};
[[nodiscard]] CgroupLimits read_cgroup_limits(const SystemTree& tree);

}  // namespace qbench
