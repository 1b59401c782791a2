// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/variants/child_process.h"

namespace qbench::variants {

/// Images of a block; fixed, so that sums are added in the same order whatever the number of processes.
inline constexpr std::size_t kBlockImages = 20;

/// To be called after each image: tells the parent that the child is not stuck.
using Beat = std::function<void()>;
/// Work on one block; returns its result as bytes.
using BlockWork = std::function<std::string(std::size_t block)>;

struct ChildBlocks {
  std::size_t blocks = 0;
  int jobs = 0;                                      ///< child processes; 0: usable_cpus()
  std::function<void(std::size_t done)> progress{};  ///< called on the calling thread after each block
  std::string_view what = "the runtime";             ///< names the work in the message about a crash
  ChildLimits limits{};
};

/// Forks child processes that each call `make_work` once and share the blocks out among them; returns the results in
/// the order of the blocks, so that they do not depend on the number of children. A library that crashes, hangs or
/// allocates without end takes a child with it and not the user's session. An Error thrown in a child is thrown again
/// here. Otherwise throws engine::error_of() what became of a child (stage "load" before its first beat or block, then
/// "run"), Error(kIo) when none can be started, Error(kRuntime) when the user interrupts; the other children are
/// killed then. `make_work` may keep the beat. Expects a process in which no other thread runs; `make_work` must not
/// need one.
[[nodiscard]] std::vector<std::string> run_in_children(const ChildBlocks& plan,
                                                       const std::function<BlockWork(const Beat& beat)>& make_work);

}  // namespace qbench::variants
