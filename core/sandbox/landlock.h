// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>

#include "core/sandbox/kernel_calls.h"

namespace qbench::sandbox {

/// What may be opened, by path. Paths that do not exist are left out.
struct FileRules {
  std::span<const std::filesystem::path> readable;
  std::span<const std::filesystem::path> writable;
  std::span<const std::filesystem::path> devices;
};

/// The kernel's version of Landlock, 0 when it has none or does not let us use it.
[[nodiscard]] int landlock_abi(const KernelCalls& kernel);

/// Refuses the calling thread, and all that it starts, every file that `rules` do not name; also TCP, signals to
/// processes outside and their abstract sockets where the kernel knows how. Needs no_new_privs. Returns whether it
/// holds.
[[nodiscard]] bool restrict_files(const FileRules& rules, int abi, const KernelCalls& kernel);

}  // namespace qbench::sandbox
