// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace qbench::engine {

/// While it lives, a child of this process is known: end_strays() leaves it alone. One for each worker.
class KnownChild {
 public:
  KnownChild() = default;
  ~KnownChild();
  KnownChild(const KnownChild&) = delete;
  KnownChild& operator=(const KnownChild&) = delete;

  void set(pid_t pid);

 private:
  pid_t pid_ = -1;
};

/// From now on the kernel hands this process whatever its workers leave behind, instead of the system's first process.
void adopt_strays();

/// Kills and reaps what workers have left behind: children of this process that are neither known nor in its own
/// process group (in which its forks are), and what these leave behind in turn. Does nothing where /proc cannot be
/// read.
void end_strays();

}  // namespace qbench::engine
