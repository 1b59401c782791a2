// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qbench::sandbox {

/// What code in this process has tried since apply() and was refused, each once and in the order of the first try:
/// "open a network socket", "start a program", "read '/home/me/.ssh/id_rsa'". Best effort: the kernel's refusals of
/// system calls are all seen, those of files where the C library's own functions were called (libc_calls.cc).
[[nodiscard]] std::vector<std::string> refusals();

/// Notes one; `path` may be null. Also says it on standard error, so that the words outlive a crash. Safe in a signal
/// handler and from any thread.
void note_refusal(const char* what, const char* path = nullptr) noexcept;

/// Whether apply() has enclosed this process; `may_fork` of the last policy.
[[nodiscard]] bool is_enclosed() noexcept;
[[nodiscard]] bool may_start_processes() noexcept;
void set_enclosed(bool may_fork) noexcept;

}  // namespace qbench::sandbox
