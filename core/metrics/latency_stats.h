// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// One variant's latencies in a few numbers, all in the unit of the samples. No sample is ever dropped.
struct LatencySummary {
  std::size_t count = 0;
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;
  double p50 = 0.0;  ///< the median; given for any count
  /// Present only when `count` supports them: see samples_for_percentile().
  std::optional<double> p90;
  std::optional<double> p95;
  std::optional<double> p99;
  std::optional<double> p999;
  double mad = 0.0;        ///< median absolute deviation from the median
  double robust_sd = 0.0;  ///< 1.4826 * mad
};

/// Quantiles are those of quantile_of_sorted(): linear interpolation, numpy's default. nullopt without samples.
/// Throws Error(kUsage) when a sample is negative, infinite or not a number.
[[nodiscard]] std::optional<LatencySummary> summarize_latencies(std::span<const double> samples);

/// The fewest samples for which the p-quantile is worth printing, by the early-stopping rule of MLPerf LoadGen
/// (early_stopping.cc): the smallest n with P(Bin(n, 1-p) <= 1) <= 1 - confidence. At 99 %: p90 64, p95 130, p97 219,
/// p99 662, p99.9 6636. Throws Error(kUsage) unless p and confidence are inside (0, 1).
[[nodiscard]] std::size_t samples_for_percentile(double p, double confidence = 0.99);

/// LoadGen's own estimate: the t-th largest sample with the largest t such that P(Bin(n, 1-p) <= t) <= 1 - confidence.
/// The true p-quantile is below it with that confidence. nullopt with fewer than samples_for_percentile() samples.
[[nodiscard]] std::optional<double> percentile_upper_bound(std::span<const double> samples, double p,
                                                           double confidence = 0.99);

/// Two-sided order-statistic interval of the p-quantile. It assumes independent samples: when ljung_box() on them
/// gives p < 0.01 the interval is optimistic and must be marked so. nullopt when there are too few samples.
[[nodiscard]] std::optional<Interval> percentile_interval(std::span<const double> samples, double p,
                                                          double confidence = 0.99);

}  // namespace qbench::metrics
