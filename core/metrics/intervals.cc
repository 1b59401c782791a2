// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/intervals.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

void require_proportion(std::size_t successes, std::size_t trials, double confidence) {
  require_confidence(confidence);
  if (trials == 0) throw Error(ErrorCode::kUsage, "an interval of a proportion needs at least one trial");
  if (successes > trials) throw Error(ErrorCode::kUsage, "{} successes in {} trials", successes, trials);
}

/// Smallest k in 0..n with P(Bin(n,p) <= k) >= target.
std::size_t binomial_quantile_up(std::size_t n, double p, double target) {
  std::size_t low = 0;
  std::size_t high = n;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (binomial_cdf(static_cast<std::int64_t>(middle), n, p) >= target) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// Number of l in 0..n-1 with P(Bin(n,p) <= l) <= tail: that is the largest rank whose lower tail fits.
std::size_t lower_rank(std::size_t n, double p, double tail) {
  std::size_t low = 0;
  std::size_t high = n;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (binomial_cdf(static_cast<std::int64_t>(middle), n, p) <= tail) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

void require_confidence(double confidence) {
  if (!(confidence > 0.0 && confidence < 1.0)) {
    throw Error(ErrorCode::kUsage, "confidence {} is not between 0 and 1", confidence);
  }
}

Interval wilson_interval(std::size_t successes, std::size_t trials, double confidence) {
  require_proportion(successes, trials, confidence);
  const double z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double scale = 1.0 + z * z / n;
  const double centre = (p + z * z / (2.0 * n)) / scale;
  const double half = z / scale * std::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
  // At 0 or n successes one end is exactly 0 or 1; rounding must not leave it a hair beside.
  return {successes == 0 ? 0.0 : std::max(0.0, centre - half),
          successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

Interval clopper_pearson_interval(std::size_t successes, std::size_t trials, double confidence) {
  require_proportion(successes, trials, confidence);
  const double tail = (1.0 - confidence) / 2.0;
  const auto k = static_cast<double>(successes);
  const auto n = static_cast<double>(trials);
  return {successes == 0 ? 0.0 : beta_quantile(tail, k, n - k + 1.0),
          successes == trials ? 1.0 : beta_quantile(1.0 - tail, k + 1.0, n - k)};
}

Interval proportion_interval(std::size_t successes, std::size_t trials, double confidence) {
  require_proportion(successes, trials, confidence);
  const double p = static_cast<double>(successes) / static_cast<double>(trials);
  const bool extreme = p > 0.99 || p < 0.01;
  return trials < 100 || extreme ? clopper_pearson_interval(successes, trials, confidence)
                                 : wilson_interval(successes, trials, confidence);
}

std::optional<RankPair> order_statistic_ranks(std::size_t n, double p, double confidence) {
  require_confidence(confidence);
  if (!(p > 0.0 && p < 1.0)) throw Error(ErrorCode::kUsage, "quantile {} is not between 0 and 1", p);
  const double tail = (1.0 - confidence) / 2.0;
  const std::size_t low = lower_rank(n, p, tail);
  const std::size_t high = p == 0.5 ? n + 1 - low : binomial_quantile_up(n, p, 1.0 - tail) + 1;
  if (low < 1 || high > n) return std::nullopt;
  return RankPair{low, high};
}

std::optional<Interval> order_statistic_interval(std::span<const double> ascending, double p, double confidence) {
  const std::optional<RankPair> ranks = order_statistic_ranks(ascending.size(), p, confidence);
  if (!ranks) return std::nullopt;
  return Interval{ascending[ranks->low - 1], ascending[ranks->high - 1]};
}

}  // namespace qbench::metrics
