// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/system_tree.h"

namespace qbench {

/// "kvm", "qemu", "vmware", "virtualbox", "hyper-v", "xen", "parallels", "amazon", "google" or "hypervisor" (one that
/// does not say its name); empty on bare metal.
[[nodiscard]] std::string read_virtualization(const SystemTree& tree);

/// "docker", "podman", "lxc", "kubernetes", "containerd", ... ; empty outside.
[[nodiscard]] std::string read_container(const SystemTree& tree);

}  // namespace qbench
