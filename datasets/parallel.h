// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace qbench::datasets {

struct ParallelOptions {
  int jobs = 0;           ///< threads; 0: usable_cpus()
  std::size_t chunk = 1;  ///< items handed out at a time
  /// Called about ten times a second, and once at the end, always on the calling thread. May be empty.
  std::function<void(std::size_t done, std::size_t total)> progress;
  std::stop_token stop;  ///< asks for an early end
};

struct ParallelReport {
  bool stopped = false;  ///< ended by the stop token, some items were not done
  int jobs = 0;          ///< threads that were used
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;  ///< of all threads together
};

/// The range [begin, end) of items, to be worked on by thread number `worker` (0 .. jobs - 1).
using ParallelBody = std::function<void(std::size_t worker, std::size_t begin, std::size_t end)>;

/// Number of threads that ParallelOptions::jobs means, never more than `count`.
[[nodiscard]] int effective_jobs(int jobs, std::size_t count);

/// Runs `body` over 0 .. count - 1 in chunks that the threads take as they become free. The first exception of a body
/// stops the others and is thrown again here.
ParallelReport parallel_chunks(std::size_t count, const ParallelOptions& options, const ParallelBody& body);

}  // namespace qbench::datasets
