// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/location_tests.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kMostExactRanks = 200;

std::size_t count_ties(std::span<const double> differences) {
  return static_cast<std::size_t>(std::ranges::count(differences, 0.0));
}

double sign_test_p(std::span<const double> differences) {
  const auto negative = std::ranges::count_if(differences, [](double d) { return d < 0.0; });
  const auto positive = std::ranges::count_if(differences, [](double d) { return d > 0.0; });
  const auto decided = static_cast<std::size_t>(negative + positive);
  return std::min(1.0, 2.0 * binomial_cdf(std::min(negative, positive), decided, 0.5));
}

/// P(sum = s) for the sum of a random half of `weights`, each taken with probability 1/2.
std::vector<double> subset_sum_distribution(std::span<const std::size_t> weights) {
  std::vector<double> probability{1.0};
  for (const std::size_t weight : weights) {
    std::vector<double> next(probability.size() + weight, 0.0);
    for (std::size_t s = 0; s < probability.size(); ++s) {
      next[s] += 0.5 * probability[s];
      next[s + weight] += 0.5 * probability[s];
    }
    probability = std::move(next);
  }
  return probability;
}

double normal_signed_rank_p(std::span<const double> ranks, double positive_sum) {
  double total = 0.0;
  double squares = 0.0;
  for (const double rank : ranks) {
    total += rank;
    squares += rank * rank;
  }
  return 2.0 * normal_cdf(-std::abs(positive_sum - total / 2.0) / (0.5 * std::sqrt(squares)));
}

double signed_rank_p(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> is_positive;
  for (const double d : differences) {
    if (d == 0.0) continue;
    sizes.push_back(std::abs(d));
    is_positive.push_back(d > 0.0);
  }
  if (sizes.empty()) return 1.0;
  const std::vector<double> ranks = mid_ranks(sizes);
  double positive_sum = 0.0;
  for (std::size_t i = 0; i < ranks.size(); ++i) positive_sum += is_positive[i] ? ranks[i] : 0.0;
  if (ranks.size() > kMostExactRanks) return normal_signed_rank_p(ranks, positive_sum);

  // Shared ranks are halves: doubled they are whole numbers.
  std::vector<std::size_t> doubled;
  for (const double rank : ranks) doubled.push_back(static_cast<std::size_t>(std::lround(2.0 * rank)));
  const std::vector<double> null = subset_sum_distribution(doubled);
  const auto observed = static_cast<std::size_t>(std::lround(2.0 * positive_sum));
  double at_most = 0.0;
  double at_least = 0.0;
  for (std::size_t s = 0; s < null.size(); ++s) {
    if (s <= observed) at_most += null[s];
    if (s >= observed) at_least += null[s];
  }
  return std::min(1.0, 2.0 * std::min(at_most, at_least));
}

/// The largest k with P(W <= k-1) <= tail for the signed-rank sum W of n values; 0 when there is none.
std::size_t signed_rank_cut(std::size_t n, double tail) {
  const double size = static_cast<double>(n);
  if (n > kMostExactRanks) {
    const double sd = std::sqrt(size * (size + 1.0) * (2.0 * size + 1.0) / 24.0);
    return static_cast<std::size_t>(std::max(0.0, size * (size + 1.0) / 4.0 + normal_quantile(tail) * sd));
  }
  std::vector<std::size_t> ranks(n);
  for (std::size_t i = 0; i < n; ++i) ranks[i] = i + 1;
  const std::vector<double> null = subset_sum_distribution(ranks);
  double cumulative = 0.0;
  std::size_t k = 0;
  while (k < null.size() && (cumulative += null[k]) <= tail) ++k;
  return k;
}

}  // namespace

std::optional<LocationEstimate> order_statistic_estimate(std::span<const double> differences, double confidence) {
  require_confidence(confidence);
  require_finite(differences, "differences", 0);
  const std::vector<double> sorted = sorted_copy(differences);
  const std::optional<Interval> interval = order_statistic_interval(sorted, 0.5, confidence);
  if (!interval) return std::nullopt;
  return LocationEstimate{LocationMethod::kOrderStatistic, median(sorted), *interval, sign_test_p(sorted),
                          count_ties(sorted)};
}

std::optional<LocationEstimate> yuen_estimate(std::span<const double> differences, double confidence) {
  require_confidence(confidence);
  require_finite(differences, "differences", 0);
  const std::size_t n = differences.size();
  if (n < 2) return std::nullopt;
  const std::size_t cut = n / 5;
  std::vector<double> sorted = sorted_copy(differences);
  const double centre = mean(std::span<const double>(sorted).subspan(cut, n - 2 * cut));
  const double low = sorted[cut];
  const double high = sorted[n - 1 - cut];
  for (double& value : sorted) value = std::clamp(value, low, high);
  const double error = std::sqrt(sample_variance(sorted)) / (0.6 * std::sqrt(static_cast<double>(n)));
  const auto df = static_cast<double>(n - 2 * cut - 1);

  LocationEstimate result{LocationMethod::kYuen, centre, {centre, centre}, 1.0, count_ties(differences)};
  if (error > 0.0) {
    const double reach = student_t_quantile(1.0 - (1.0 - confidence) / 2.0, df) * error;
    result.interval = {centre - reach, centre + reach};
    result.p_value = student_t_two_sided_p(centre / error, df);
  } else if (centre != 0.0) {
    result.p_value = 0.0;
  }
  return result;
}

std::optional<LocationEstimate> signed_rank_estimate(std::span<const double> differences, double confidence) {
  require_confidence(confidence);
  require_finite(differences, "differences", 0);
  const std::size_t n = differences.size();
  if (n > kMostSignedRankValues) {
    throw Error(ErrorCode::kUsage, "the signed-rank estimate takes at most {} differences, not {}",
                kMostSignedRankValues, n);
  }
  const std::size_t k = signed_rank_cut(n, (1.0 - confidence) / 2.0);
  if (n == 0 || k == 0) return std::nullopt;
  std::vector<double> averages;
  averages.reserve(n * (n + 1) / 2);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) averages.push_back((differences[i] + differences[j]) / 2.0);
  }
  std::ranges::sort(averages);
  return LocationEstimate{LocationMethod::kSignedRank,
                          median(averages),
                          {averages[k - 1], averages[averages.size() - k]},
                          signed_rank_p(differences),
                          count_ties(differences)};
}

}  // namespace qbench::metrics
