// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/descriptive.h"

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <numeric>

#include "core/assert.h"
#include "core/error.h"

namespace qbench::metrics {

namespace bs = boost::math::statistics;

void require_finite(std::span<const double> values, std::string_view what, std::size_t at_least) {
  if (values.size() < at_least) {
    throw Error(ErrorCode::kUsage, "{}: {} values given, at least {} needed", what, values.size(), at_least);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) throw Error(ErrorCode::kUsage, "{}: value {} is {}", what, i, values[i]);
  }
}

std::vector<double> sorted_copy(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  std::ranges::sort(result);
  return result;
}

double mean(std::span<const double> values) {
  require_finite(values, "mean");
  return bs::mean(values.begin(), values.end());
}

double sample_variance(std::span<const double> values) {
  require_finite(values, "variance");
  return values.size() < 2 ? 0.0 : bs::sample_variance(values.begin(), values.end());
}

double median(std::span<const double> values) {
  require_finite(values, "median");
  std::vector<double> scratch(values.begin(), values.end());
  return bs::median(scratch);
}

double median_absolute_deviation(std::span<const double> values) {
  const double centre = median(values);
  std::vector<double> distances(values.begin(), values.end());
  for (double& value : distances) value = std::abs(value - centre);
  return bs::median(distances);
}

double robust_sd(std::span<const double> values) { return kMadToSd * median_absolute_deviation(values); }

double quantile_of_sorted(std::span<const double> ascending, double p) {
  QBENCH_ASSERT(!ascending.empty() && p >= 0.0 && p <= 1.0);
  const double position = static_cast<double>(ascending.size() - 1) * p;
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= ascending.size()) return ascending.back();
  const double fraction = position - static_cast<double>(below);
  return ascending[below] + fraction * (ascending[below + 1] - ascending[below]);
}

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    const double shared = static_cast<double>(first + last) / 2.0 + 1.0;
    for (std::size_t i = first; i <= last; ++i) ranks[order[i]] = shared;
    first = last + 1;
  }
  return ranks;
}

}  // namespace qbench::metrics
