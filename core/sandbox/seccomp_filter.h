// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <vector>

#include "core/sandbox/kernel_calls.h"

struct sock_filter;

namespace qbench::sandbox {

/// What the filter leaves open.
struct FilterOptions {
  pid_t self = 0;              ///< the process that may signal itself
  bool may_fork = false;       ///< start processes, and be enclosed further
  bool may_open_write = true;  ///< files may be opened for writing: something else decides which
  bool device_events = false;  ///< netlink sockets
};

/// The filter as a program for the kernel. Empty on an architecture that it does not know.
[[nodiscard]] std::vector<sock_filter> filter_program(const FilterOptions& options);

/// Sets the filter on the calling thread and all that it starts. Refused calls raise SIGSYS, whose handler notes them
/// and makes them fail with EPERM. Needs no_new_privs. Returns whether it holds.
[[nodiscard]] bool filter_calls(const FilterOptions& options, const KernelCalls& kernel);

}  // namespace qbench::sandbox
