// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/latency_stats.h"

#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

void require_percentile(double p, double confidence) {
  if (!(p > 0.0 && p < 1.0)) throw Error(ErrorCode::kUsage, "percentile {} is not between 0 and 1", p);
  if (!(confidence > 0.0 && confidence < 1.0)) {
    throw Error(ErrorCode::kUsage, "confidence {} is not between 0 and 1", confidence);
  }
}

/// Whether the t largest of n samples lie beyond the p-quantile with the wanted confidence.
bool tail_is_supported(std::size_t t, std::size_t n, double p, double confidence) {
  return t < n && binomial_cdf(static_cast<std::int64_t>(t), n, 1.0 - p) <= 1.0 - confidence;
}

}  // namespace

std::size_t samples_for_percentile(double p, double confidence) {
  require_percentile(p, confidence);
  std::size_t too_few = 1;
  std::size_t enough = 2;
  while (!tail_is_supported(1, enough, p, confidence)) {
    too_few = enough;
    enough *= 2;
  }
  while (enough - too_few > 1) {
    const std::size_t middle = too_few + (enough - too_few) / 2;
    (tail_is_supported(1, middle, p, confidence) ? enough : too_few) = middle;
  }
  return enough;
}

std::optional<LatencySummary> summarize_latencies(std::span<const double> samples) {
  if (samples.empty()) return std::nullopt;
  require_finite(samples, "latencies");
  const std::vector<double> sorted = sorted_copy(samples);
  if (sorted.front() < 0.0) throw Error(ErrorCode::kUsage, "latencies: {} is negative", sorted.front());
  const auto if_supported = [&](double p) -> std::optional<double> {
    if (sorted.size() < samples_for_percentile(p)) return std::nullopt;
    return quantile_of_sorted(sorted, p);
  };
  LatencySummary summary;
  summary.count = sorted.size();
  summary.min = sorted.front();
  summary.max = sorted.back();
  summary.mean = mean(sorted);
  summary.p50 = median(sorted);
  summary.p90 = if_supported(0.90);
  summary.p95 = if_supported(0.95);
  summary.p99 = if_supported(0.99);
  summary.p999 = if_supported(0.999);
  summary.mad = median_absolute_deviation(sorted);
  summary.robust_sd = kMadToSd * summary.mad;
  return summary;
}

std::optional<double> percentile_upper_bound(std::span<const double> samples, double p, double confidence) {
  if (samples.size() < samples_for_percentile(p, confidence)) return std::nullopt;
  require_finite(samples, "latencies");
  std::size_t supported = 1;
  std::size_t unsupported = samples.size();
  while (unsupported - supported > 1) {
    const std::size_t middle = supported + (unsupported - supported) / 2;
    (tail_is_supported(middle, samples.size(), p, confidence) ? supported : unsupported) = middle;
  }
  const std::vector<double> sorted = sorted_copy(samples);
  return sorted[sorted.size() - supported];
}

std::optional<Interval> percentile_interval(std::span<const double> samples, double p, double confidence) {
  require_percentile(p, confidence);
  if (samples.empty()) return std::nullopt;
  require_finite(samples, "latencies");
  return order_statistic_interval(sorted_copy(samples), p, confidence);
}

}  // namespace qbench::metrics
