// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace qbench::metrics {

/// A closed interval, low <= high.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  [[nodiscard]] bool contains(double x) const noexcept { return low <= x && x <= high; }
  [[nodiscard]] double half_width() const noexcept { return (high - low) / 2.0; }
  bool operator==(const Interval&) const = default;
};

/// Throws Error(kUsage) unless 0 < confidence < 1.
void require_confidence(double confidence);

/// Intervals for a proportion of `successes` in `trials`, two-sided at `confidence` (0.95 = 95 %). They throw
/// Error(kUsage) when trials == 0, successes > trials or the confidence is not inside (0, 1).

/// Wilson's score interval (Wilson 1927).
[[nodiscard]] Interval wilson_interval(std::size_t successes, std::size_t trials, double confidence = 0.95);
/// The exact interval from beta quantiles (Clopper & Pearson 1934): never covers less than `confidence`.
[[nodiscard]] Interval clopper_pearson_interval(std::size_t successes, std::size_t trials, double confidence = 0.95);
/// The project's rule: Clopper-Pearson below 100 trials or when the proportion is above 0.99 (mirrored: below 0.01),
/// where Wilson covers too little; Wilson otherwise.
[[nodiscard]] Interval proportion_interval(std::size_t successes, std::size_t trials, double confidence = 0.95);

/// Ranks (counted from 1) of the two order statistics that enclose a quantile.
struct RankPair {
  std::size_t low = 0;
  std::size_t high = 0;
};

/// Distribution-free interval of the p-quantile (0 < p < 1) from n independent values: [x_(low), x_(high)] with
/// low = the largest l with P(Bin(n,p) <= l-1) <= (1-confidence)/2, and high = the smallest u with P(Bin(n,p) >= u) <=
/// the same (David & Nagaraja, Order Statistics, 7.1). nullopt when n is too small for either end. For the median of 40
/// values at 99 %: ranks 12 and 29.
[[nodiscard]] std::optional<RankPair> order_statistic_ranks(std::size_t n, double p, double confidence);

/// The same as values of an ascending sample.
[[nodiscard]] std::optional<Interval> order_statistic_interval(std::span<const double> ascending, double p,
                                                               double confidence);

}  // namespace qbench::metrics
