// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench::sandbox {

/// The system calls that older kernels lack, so that tests can be such a kernel. Results as of ::syscall(): -1 and
/// errno.
struct KernelCalls {
  long (*landlock)(long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d) = nullptr;
  long (*seccomp)(unsigned int operation, unsigned int flags, void* argument) = nullptr;
};

/// Those of the running kernel.
[[nodiscard]] const KernelCalls& kernel_calls() noexcept;

}  // namespace qbench::sandbox
