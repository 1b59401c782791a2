// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::variants {

/// Images of a block; fixed, so that sums are added in the same order whatever the number of processes.
inline constexpr std::size_t kBlockImages = 20;

/// Work on one block; returns its result as bytes.
using BlockWork = std::function<std::string(std::size_t block)>;

struct ChildBlocks {
  std::size_t blocks = 0;
  int jobs = 0;                                      ///< child processes; 0: usable_cpus()
  std::function<void(std::size_t done)> progress{};  ///< called on the calling thread after each block
  std::string_view what = "the runtime";             ///< names the work in the message about a crash
};

/// Forks child processes that each call `make_work` once and share the blocks out among them; returns the results in
/// the order of the blocks, so that they do not depend on the number of children. A library that crashes takes a child
/// with it and not the user's session. An Error thrown in a child is thrown again here. Throws Error(kRuntime) when a
/// child dies, Error(kIo) when none can be started or the user interrupts; the other children are killed then.
/// Expects a process in which no other thread runs; `make_work` must not need one.
[[nodiscard]] std::vector<std::string> run_in_children(const ChildBlocks& plan,
                                                       const std::function<BlockWork()>& make_work);

}  // namespace qbench::variants
