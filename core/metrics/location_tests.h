// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// Where the middle of a sample of paired differences is, with an interval and the p-value of "it is zero". All are
/// two-sided, mirror when every difference changes its sign, and throw Error(kUsage) on values that are not finite.

enum class LocationMethod { kOrderStatistic, kYuen, kSignedRank };

struct LocationEstimate {
  LocationMethod method = LocationMethod::kOrderStatistic;
  double estimate = 0.0;
  Interval interval;
  double p_value = 1.0;
  std::size_t ties = 0;  ///< differences that are exactly zero: a coarse clock shows here
};

/// Median with the exact order-statistic interval [d_(k), d_(P-k+1)], k = the largest with
/// P(Bin(P, 1/2) <= k-1) <= (1-confidence)/2, and the sign test's p without ties. Assumes only that, without an effect,
/// each sign is a fair coin: guaranteed by drawing the order inside every pair, whatever the drift. nullopt below the
/// count that the confidence needs (99 %: 8).
[[nodiscard]] std::optional<LocationEstimate> order_statistic_estimate(std::span<const double> differences,
                                                                       double confidence);

/// Mean of the middle 60 % with g = floor(0.2 P) values cut at each end; standard error s_w / (0.6 sqrt(P)) from the
/// winsorised deviation s_w, Student's t with P-2g-1 degrees of freedom (Tukey & McLaughlin 1963, Yuen 1974).
/// nullopt below 2 values. When the winsorised values are all equal the interval is that one point.
[[nodiscard]] std::optional<LocationEstimate> yuen_estimate(std::span<const double> differences, double confidence);

/// Most differences that signed_rank_estimate() takes: it sorts P(P+1)/2 averages.
inline constexpr std::size_t kMostSignedRankValues = 2000;

/// A second opinion: Hodges-Lehmann median of the Walsh averages (d_i + d_j)/2, i <= j, with the signed-rank interval
/// and Wilcoxon's p (zeros left out, equal sizes share ranks). The null distribution is exact (subset sums of the
/// ranks) up to 200 values and normal beyond. Assumes symmetric differences. nullopt below the count that the
/// confidence needs. Throws Error(kUsage) above kMostSignedRankValues.
[[nodiscard]] std::optional<LocationEstimate> signed_rank_estimate(std::span<const double> differences,
                                                                   double confidence);

}  // namespace qbench::metrics
