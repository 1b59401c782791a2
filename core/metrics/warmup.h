// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace qbench::metrics {

/// How many invokes a block must drop after a switch from another variant, and how many it must time.

struct WarmupOptions {
  /// "Steady" is within this fraction of the block's second half, or within three standard deviations of a running
  /// median where the second half is noisier than that.
  double tolerance = 0.005;
  std::size_t least = 2;        ///< never drop fewer
  std::size_t most = 64;        ///< never drop more
  double most_seconds = 0.100;  ///< nor for longer than this (but `least` in any case)
  std::size_t least_timed = 8;
};

struct Warmup {
  std::size_t dropped = 0;
  std::size_t timed = 0;  ///< max(least_timed, dropped)
  /// False when a limit cut the count short, or the first half of the block never settled: results of this cell carry
  /// that flag.
  bool settled = false;
  double steady_seconds = 0.0;  ///< median of the block's second half
};

/// From one long block of consecutive invokes after a switch, in seconds. The running median covers 5 invokes: it
/// ignores two preempted ones. The answer is the first position in the block's first half from which 8 running medians
/// in a row (or all that are left of the half) are no slower than the second half's median and the tolerance; two are
/// added because a median of 5 hides a transient of two. Faster is no warm-up: a clock that falls later on does that,
/// and no count of dropped invokes would help. Give at least 32 invokes (a few times what is expected to be dropped is
/// better).
/// Throws Error(kUsage) for fewer than 10 or values that are not finite and positive.
[[nodiscard]] Warmup calibrate_warmup(std::span<const double> block, const WarmupOptions& options = {});

/// Median of several such blocks position by position, for busy machines: preempted invokes vanish, a transient that
/// every block shows stays. The result has the length of the shortest block. Throws Error(kUsage) without blocks.
[[nodiscard]] std::vector<double> positionwise_median(const std::vector<std::vector<double>>& blocks);

}  // namespace qbench::metrics
