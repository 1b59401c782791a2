// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace qbench::metrics {

/// One-number summaries of a sample. Unless said otherwise the sample must not be empty and must hold finite numbers:
/// both throw Error(kUsage) that names `what` ("latencies", "log ratios").

/// 1 / quantile of the normal at 3/4: MAD times this estimates the standard deviation of normal data.
inline constexpr double kMadToSd = 1.4826022185056018;

/// Throws Error(kUsage) unless `values` has at least `at_least` elements, all finite.
void require_finite(std::span<const double> values, std::string_view what, std::size_t at_least = 1);

[[nodiscard]] std::vector<double> sorted_copy(std::span<const double> values);

[[nodiscard]] double mean(std::span<const double> values);
/// With the n-1 divisor; 0 for a single value.
[[nodiscard]] double sample_variance(std::span<const double> values);
/// The middle value, or the mean of the two middle ones.
[[nodiscard]] double median(std::span<const double> values);
/// Median of |x - median(x)|, not scaled.
[[nodiscard]] double median_absolute_deviation(std::span<const double> values);
/// kMadToSd times the median absolute deviation.
[[nodiscard]] double robust_sd(std::span<const double> values);

/// Quantile of an ascending sample by linear interpolation between order statistics at position (n-1)p, counted from
/// zero (Hyndman & Fan 1996, definition 7: the default of numpy and R). 0 <= p <= 1.
[[nodiscard]] double quantile_of_sorted(std::span<const double> ascending, double p);

/// Ranks 1..n; equal values share the mean of their ranks.
[[nodiscard]] std::vector<double> mid_ranks(std::span<const double> values);

}  // namespace qbench::metrics
