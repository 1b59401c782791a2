// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/flags.h"

#include <algorithm>
#include <boost/math/statistics/ljung_box.hpp>
#include <boost/math/statistics/runs_test.hpp>
#include <cmath>
#include <limits>

#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

bool all_equal(std::span<const double> values) {
  return std::ranges::adjacent_find(values, std::ranges::not_equal_to()) == values.end();
}

/// Pearson's correlation of two series of equal length that both vary.
double correlation(std::span<const double> x, std::span<const double> y) {
  const double x_mean = mean(x);
  const double y_mean = mean(y);
  double xy = 0.0;
  double xx = 0.0;
  double yy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - x_mean) * (y[i] - y_mean);
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    yy += (y[i] - y_mean) * (y[i] - y_mean);
  }
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

}  // namespace

std::optional<FlagTest> drift_test(std::span<const double> values) {
  require_finite(values, "drift", 0);
  if (values.size() < 3 || all_equal(values)) return std::nullopt;
  std::vector<double> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<double>(i + 1);
  const double rho = correlation(order, mid_ranks(values));
  const auto df = static_cast<double>(values.size() - 2);
  const double t = std::abs(rho) == 1.0 ? std::numeric_limits<double>::infinity()
                                        : rho * std::sqrt(df / ((1.0 - rho) * (1.0 + rho)));
  return FlagTest{rho, student_t_two_sided_p(t, df)};
}

std::optional<FlagTest> ljung_box_test(std::span<const double> values) {
  require_finite(values, "autocorrelation", 0);
  if (values.size() < 3 || all_equal(values)) return std::nullopt;
  const auto lags = static_cast<std::int64_t>(std::ceil(std::log(static_cast<double>(values.size()))));
  const auto [statistic, unused_p] = boost::math::statistics::ljung_box(values.begin(), values.end(), lags);
  // The p-value is taken from the complement here: 1 - cdf would lose small ones.
  return FlagTest{statistic, chi_squared_upper_p(statistic, static_cast<double>(lags))};
}

std::optional<FlagTest> sign_runs_test(std::span<const double> values) {
  require_finite(values, "runs", 0);
  const bool has_both = std::ranges::any_of(values, [](double v) { return v > 0.0; }) &&
                        std::ranges::any_of(values, [](double v) { return v < 0.0; });
  if (!has_both) return std::nullopt;
  const std::vector<double> copy(values.begin(), values.end());
  const auto [statistic, p_value] = boost::math::statistics::runs_above_and_below_threshold(copy, 0.0);
  if (std::isnan(statistic)) return std::nullopt;
  return FlagTest{statistic, p_value};
}

std::optional<double> half_ratio(std::span<const double> values) {
  require_finite(values, "halves", 0);
  const std::size_t half = values.size() / 2;
  if (half == 0) return std::nullopt;
  const double first = median(values.first(half));
  if (first <= 0.0) return std::nullopt;
  return median(values.last(half)) / first;
}

std::optional<double> variance_share(const std::vector<std::vector<double>>& groups) {
  double count = 0.0;
  double used_groups = 0.0;
  double sum = 0.0;
  double count_squares = 0.0;
  for (const std::vector<double>& group : groups) {
    require_finite(group, "processes", 0);
    if (group.empty()) continue;
    const auto size = static_cast<double>(group.size());
    used_groups += 1.0;
    count += size;
    count_squares += size * size;
    sum += mean(group) * size;
  }
  if (used_groups < 2.0 || count <= used_groups) return std::nullopt;
  const double grand_mean = sum / count;
  double between = 0.0;
  double within = 0.0;
  for (const std::vector<double>& group : groups) {
    if (group.empty()) continue;
    const auto size = static_cast<double>(group.size());
    const double offset = mean(group) - grand_mean;
    between += size * offset * offset;
    within += sample_variance(group) * (size - 1.0);
  }
  between /= used_groups - 1.0;
  within /= count - used_groups;
  const double typical_size = (count - count_squares / count) / (used_groups - 1.0);
  const double between_variance = std::max(0.0, (between - within) / typical_size);
  const double total = between_variance + within;
  return total > 0.0 ? between_variance / total : 0.0;
}

}  // namespace qbench::metrics
