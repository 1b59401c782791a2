// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/metrics/paired_latency.h"

namespace qbench::metrics {

/// Is B slower than A when the two were timed in different runs? Rounds do not pair then, and the machine may have
/// changed in between: no test repairs a sequential design, so what runs of the same thing differ by is part of the
/// interval.

/// How far two runs of the same thing lie apart, as a fraction, where no measurement of the board says better.
/// Absolute times: on a shared 2-core machine night medians of the same binary had a standard deviation of 1.4 to 3 %,
/// and "5 % above the previous night" gave 3.6 false alarms in 100 nights.
inline constexpr double kUnknownRunNoise = 0.10;
/// Ratios to a cell that ran interleaved in both runs: their night medians had a standard deviation of 0.3 to 0.5 %,
/// and an alarm from 1 % on gave none in 270 nights.
inline constexpr double kUnknownRatioNoise = 0.01;

struct BetweenRunsOptions {
  double margin = 0.02;  ///< as LatencyVerdictOptions
  double alpha = 0.01;
  double equivalence_alpha = 0.05;
  double noise = kUnknownRunNoise;  ///< how far two runs of the same thing lie apart, as a fraction
};

/// The verdict on median(B) - median(A), where `a` and `b` hold one logarithm for each round of their run: of the block
/// medians, or of their ratios to a cell that both runs share (the difference is then a ratio of ratios, in which the
/// machine's drift cancels). The interval is that of two independent medians, each an exact order-statistic interval at
/// 1 - alpha/2 (together 1 - alpha by Bonferroni) with its run's allowance for slow changes (slow_changes.h), widened
/// by ln(1 + noise) to both sides; `method`, `p_value` and `more_rounds` are absent, as more rounds of one run do not
/// bring two runs together. kInsufficient when a side has fewer than kLeastRounds rounds. Swapping the sides mirrors
/// everything. Throws Error(kUsage) on values that are not finite or options outside their ranges.
[[nodiscard]] LatencyVerdict judge_between_runs(std::span<const double> a, std::span<const double> b,
                                                const BetweenRunsOptions& options = {});

}  // namespace qbench::metrics
