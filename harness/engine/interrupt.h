// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <csignal>

namespace qbench::engine {

/// While it lives, SIGINT, SIGTERM and SIGHUP ask the run to end in order instead of killing the process; the second
/// signal kills at once. A SIGHUP that was ignored (nohup) stays so. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::array<struct sigaction, 3> before_{};
};

/// A guard that stays until the process has ended: a signal that comes after the work, while libraries are unloaded,
/// must not make a finished run look like a killed one.
void guard_until_exit();

/// True once a guarded signal has arrived. Any thread.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace qbench::engine
