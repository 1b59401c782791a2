// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/slow_changes.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kFewestRounds = 10;
constexpr std::size_t kFewestParts = 4;
constexpr std::size_t kMostParts = 8;
constexpr std::size_t kRoundsAPart = 4;
constexpr double kTwoSided99 = 0.995;

/// Variance of the median of `count` normal values over sigma^2 / count: 1 for two (their mean), pi/2 for many; 1.29
/// for three (exactly 1.35), 1.43 for five (1.43).
double median_factor(double count) { return 1.0 + (std::numbers::pi / 2.0 - 1.0) * (1.0 - 1.0 / (count - 1.0)); }

struct Parts {
  std::vector<double> medians;
  std::vector<double> steps;  ///< absolute differences of successive rounds of one part
};

Parts cut(std::span<const double> rounds, std::size_t count) {
  Parts parts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = i * rounds.size() / count;
    const std::span<const double> part = rounds.subspan(first, (i + 1) * rounds.size() / count - first);
    parts.medians.push_back(median(part));
    for (std::size_t j = 1; j < part.size(); ++j) parts.steps.push_back(std::abs(part[j] - part[j - 1]));
  }
  return parts;
}

double variance(std::span<const double> values) {
  const double middle = mean(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace

double slow_change_allowance(std::span<const double> rounds) {
  require_finite(rounds, "rounds", 0);
  if (rounds.size() < kFewestRounds) return 0.0;
  const std::size_t count = std::clamp(rounds.size() / kRoundsAPart, kFewestParts, kMostParts);
  const Parts parts = cut(rounds, count);
  // A difference of two values has twice their variance.
  const double sigma = median(parts.steps) / (normal_quantile(0.75) * std::numbers::sqrt2);
  const double size = static_cast<double>(rounds.size()) / static_cast<double>(count);
  const double slow = variance(parts.medians) - median_factor(size) * sigma * sigma / size;
  return slow > 0.0 ? student_t_quantile(kTwoSided99, static_cast<double>(count - 1)) * std::sqrt(slow) : 0.0;
}

Interval with_allowance(const Interval& interval, double estimate, double allowance) {
  return {estimate - std::hypot(estimate - interval.low, allowance),
          estimate + std::hypot(interval.high - estimate, allowance)};
}

}  // namespace qbench::metrics
