// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/change_points.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

double pairs(std::size_t n) { return static_cast<double>(n) * static_cast<double>(n - 1) / 2.0; }

double distance_sum(double value, std::span<const double> others) {
  double sum = 0.0;
  for (const double other : others) sum += std::abs(value - other);
  return sum;
}

double sum_within(std::span<const double> values) {
  double sum = 0.0;
  for (std::size_t i = 1; i < values.size(); ++i) sum += distance_sum(values[i], values.first(i));
  return sum;
}

/// The split (length of the left part) with the largest energy statistic. Sums of distances are carried from one split
/// to the next, which keeps this quadratic. The segment holds at least two of the shortest parts.
std::size_t best_split(std::span<const double> segment, std::size_t least) {
  std::size_t left = least;
  double within_left = sum_within(segment.first(left));
  double within_right = sum_within(segment.subspan(left));
  double across = 0.0;
  for (const double value : segment.first(left)) across += distance_sum(value, segment.subspan(left));
  std::size_t best = left;
  double best_energy = -1.0;
  while (true) {
    const std::size_t right = segment.size() - left;
    const double product = static_cast<double>(left) * static_cast<double>(right);
    const double energy = product / static_cast<double>(segment.size()) *
                          (2.0 * across / product - within_left / pairs(left) - within_right / pairs(right));
    if (energy > best_energy) {
      best_energy = energy;
      best = left;
    }
    if (right <= least) return best;
    const double moved = segment[left];
    const double to_left = distance_sum(moved, segment.first(left));
    const double to_right = distance_sum(moved, segment.subspan(left + 1));
    within_left += to_left;
    within_right -= to_right;
    across += to_right - to_left;
    ++left;
  }
}

void split(std::span<const double> series, std::size_t first, std::size_t end, const ChangePointOptions& options,
           std::vector<std::size_t>& found) {
  if (end - first < 2 * options.least_segment) return;
  const std::span<const double> segment = series.subspan(first, end - first);
  const std::size_t left = best_split(segment, options.least_segment);
  if (welch_p(segment.first(left), segment.subspan(left)) > options.weak_p_value) return;
  split(series, first, first + left, options, found);
  found.push_back(first + left);
  split(series, first + left, end, options, found);
}

ChangePoint describe(std::span<const double> series, const std::vector<std::size_t>& cuts, std::size_t which) {
  const std::size_t first = which == 0 ? 0 : cuts[which - 1];
  const std::size_t end = which + 1 == cuts.size() ? series.size() : cuts[which + 1];
  const std::span<const double> before = series.subspan(first, cuts[which] - first);
  const std::span<const double> after = series.subspan(cuts[which], end - cuts[which]);
  return {cuts[which], median(before), median(after), welch_p(before, after)};
}

bool holds(const ChangePoint& point, const ChangePointOptions& options) {
  return point.p_value <= options.p_value && std::abs(point.after - point.before) >= std::log1p(options.least_change);
}

}  // namespace

double welch_p(std::span<const double> a, std::span<const double> b) {
  require_finite(a, "first sample", 2);
  require_finite(b, "second sample", 2);
  const double a_share = sample_variance(a) / static_cast<double>(a.size());
  const double b_share = sample_variance(b) / static_cast<double>(b.size());
  const double difference = mean(a) - mean(b);
  if (a_share + b_share == 0.0) return difference == 0.0 ? 1.0 : 0.0;
  const double df =
      (a_share + b_share) * (a_share + b_share) /
      (a_share * a_share / static_cast<double>(a.size() - 1) + b_share * b_share / static_cast<double>(b.size() - 1));
  return student_t_two_sided_p(difference / std::sqrt(a_share + b_share), df);
}

std::vector<ChangePoint> find_change_points(std::span<const double> series, const ChangePointOptions& options) {
  require_finite(series, "nightly ratios", 0);
  if (options.least_segment < 2) throw Error(ErrorCode::kUsage, "change points: a segment needs at least 2 nights");
  std::vector<std::size_t> cuts;
  split(series, 0, series.size(), options, cuts);
  while (true) {
    std::vector<ChangePoint> points;
    std::optional<std::size_t> weakest;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      points.push_back(describe(series, cuts, i));
      if (holds(points[i], options)) continue;
      if (!weakest || points[i].p_value > points[*weakest].p_value) weakest = i;
    }
    if (!weakest) return points;
    cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(*weakest));
  }
}

}  // namespace qbench::metrics
