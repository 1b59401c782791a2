// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/sandbox/kernel_calls.h"

namespace qbench::sandbox {

/// What a process still needs once it is enclosed. Everything else is refused: the network, new programs and
/// processes, other processes' memory, and every file that is not named here or open already.
struct Policy {
  std::vector<std::filesystem::path> readable;  ///< files, and folders with all below them; absent ones are left out
  std::vector<std::filesystem::path> writable;  ///< existing files that may be opened for writing
  std::vector<std::filesystem::path> devices;   ///< device nodes or folders of them: opened for both, with ioctl
  /// Shared libraries of the system and of LD_LIBRARY_PATH stay readable, so that dlopen() works afterwards.
  bool loads_libraries = false;
  /// Kernel messages about devices that come and go (netlink), which libusb needs to find its device.
  bool device_events = false;
  /// A server that forks the processes which do the work: it may fork and be enclosed further, and is never meant to be
  /// the last step. Each child calls apply() once more without this.
  bool may_fork = false;
  /// Files may be written up to here, in bytes; descriptors that are open already count as well. Pipes do not.
  std::int64_t largest_file = 0;
  /// Descriptors above 2 that stay open; all others are closed. Must name what the caller still uses.
  std::vector<int> kept_descriptors;
  bool keeps_descriptors = false;  ///< all stay open: the process has closed the others itself
};

/// Encloses the calling process for good and returns what holds, each in a few words: "no_new_privs", "capabilities"
/// (root only), "landlock abi 7", "seccomp", "rlimits", "descriptors". What the kernel lacks is left out; nothing is
/// thrown for it. Builds with AddressSanitizer have no seccomp filter. Costs about 0.2 ms.
///
/// Call it in the child, from its main thread, before another thread starts (a thread that runs already stays outside)
/// and before code that is not trusted is loaded. Afterwards
/// * /proc/cpuinfo, /proc/meminfo, /proc/self and /sys/devices/system stay readable: runtimes that cannot read them
///   choose slow kernels without a word;
/// * open descriptors keep working; those that need a path later (/proc/self/clear_refs) are to be opened before;
/// * fork(), system() and the like fail with EPERM. A refused call is noted, see refusals.h.
///
/// A second call narrows further, never widens: in a child that a process with `may_fork` has forked.
[[nodiscard]] std::vector<std::string> apply(const Policy& policy, const KernelCalls& kernel = kernel_calls());

/// Closes all descriptors above `last`. Returns false where the kernel cannot (before 5.9).
bool close_descriptors_above(int last);

/// The parts that keep a hostile library away from files and network and that `isolation` (what apply() returned) does
/// not name: "landlock", "seccomp" or both.
[[nodiscard]] std::vector<std::string> missing_parts(std::span<const std::string> isolation);

}  // namespace qbench::sandbox
