// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace qbench::metrics {

struct ChangePointOptions {
  double p_value = 0.001;      ///< of every change point that is kept
  double weak_p_value = 0.01;  ///< while splitting: a point can become clear once its neighbours are split off
  std::size_t least_segment = 3;
  double least_change = 0.01;  ///< |relative change| between the medians of two segments
};

struct ChangePoint {
  std::size_t index = 0;  ///< first night of the new level
  double before = 0.0;    ///< median of the segment before it
  double after = 0.0;
  double p_value = 1.0;
};

/// On which nights the level of a series of ln ratios changed: attribution of what an alarm found, days later. Segments
/// are split where the energy statistic of the means is largest (Matteson & James 2014, exponent 1), recursively, while
/// a test says so; then the weakest points are merged away until all hold. The method of Hunter (Fleming et al. 2023)
/// with these differences: Welch's t with n-1 variances, so that one outlier night in a short segment does not count as
/// a level; no segment shorter than `least_segment`; size by medians. Ascending. Quadratic in the number of nights.
/// Throws Error(kUsage) on values that are not finite or a least_segment below 2.
[[nodiscard]] std::vector<ChangePoint> find_change_points(std::span<const double> series,
                                                          const ChangePointOptions& options = {});

/// Two-sided p of Welch's t test that two samples have the same mean; both need at least 2 values. 1 when neither
/// varies and the means are equal, 0 when they differ.
[[nodiscard]] double welch_p(std::span<const double> a, std::span<const double> b);

}  // namespace qbench::metrics
