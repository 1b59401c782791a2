// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/range_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace qbench::models {
namespace {

constexpr int kFewestPercent = 30;
constexpr int kAllPercent = 100;

double bin_width(const Histogram& histogram) {
  return (static_cast<double>(histogram.range.max) - histogram.range.min) /
         static_cast<double>(histogram.counts.size());
}

/// Value below which `wanted` of the counted values lie, straight-line inside a bin.
double value_at(const Histogram& histogram, double wanted) {
  double seen = 0.0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const auto count = static_cast<double>(histogram.counts[i]);
    if (seen + count >= wanted && count > 0.0) {
      return histogram.range.min + bin_width(histogram) * (static_cast<double>(i) + (wanted - seen) / count);
    }
    seen += count;
  }
  return histogram.range.max;
}

double squared_error(const Histogram& histogram, const AffineParams& params, ActivationType type) {
  const std::int64_t low = type == ActivationType::kInt8 ? -128 : -32767;
  const std::int64_t high = type == ActivationType::kInt8 ? 127 : 32767;
  const double width = bin_width(histogram);
  double sum = 0.0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    if (histogram.counts[i] == 0) {
      continue;
    }
    const double value = histogram.range.min + width * (static_cast<double>(i) + 0.5);
    const auto stored = quantize_value(static_cast<float>(value), params, low, high);
    const double error = value - params.scale * static_cast<double>(stored - params.zero_point);
    sum += error * error * static_cast<double>(histogram.counts[i]);
  }
  return sum;
}

}  // namespace

Histogram Histogram::over(const Range& range, std::size_t bins) {
  Histogram histogram;
  histogram.range = range;
  histogram.counts.assign(range.max > range.min ? bins : 1, 0);
  return histogram;
}

void Histogram::add(float value) noexcept {
  const float span = range.max - range.min;
  const float position = span > 0.0F ? (value - range.min) / span * static_cast<float>(counts.size()) : 0.0F;
  const auto last = static_cast<float>(counts.size() - 1);
  ++counts[static_cast<std::size_t>(std::clamp(position, 0.0F, last))];
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] += other.counts[i];
  }
}

std::uint64_t Histogram::total() const noexcept {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Range percentile_range(const Histogram& histogram, double percent) {
  const auto total = static_cast<double>(histogram.total());
  const double left_out = total * (100.0 - percent) / 100.0;
  return {static_cast<float>(value_at(histogram, left_out)), static_cast<float>(value_at(histogram, total - left_out))};
}

Range least_error_range(const Histogram& histogram, ActivationType type) {
  Range best = histogram.range;
  double least = std::numeric_limits<double>::infinity();
  for (int percent = kAllPercent; percent >= kFewestPercent; --percent) {
    const Range range = histogram.range.widened(static_cast<float>(percent) / static_cast<float>(kAllPercent));
    const double error = squared_error(histogram, params_for(range, type), type);
    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}

}  // namespace qbench::models
