// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench::engine {

/// While it lives, SIGINT and SIGTERM ask the run to end in order instead of killing the process; the second signal
/// kills at once. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// True once a guarded signal has arrived. Any thread.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace qbench::engine
