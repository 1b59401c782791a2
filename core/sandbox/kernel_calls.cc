// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/kernel_calls.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace qbench::sandbox {
namespace {

long real_landlock(long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  return ::syscall(number, a, b, c, d);
}

long real_seccomp(unsigned int operation, unsigned int flags, void* argument) {
  return ::syscall(SYS_seccomp, operation, flags, argument);
}

}  // namespace

const KernelCalls& kernel_calls() noexcept {
  static constexpr KernelCalls kReal{.landlock = real_landlock, .seccomp = real_seccomp};
  return kReal;
}

}  // namespace qbench::sandbox
