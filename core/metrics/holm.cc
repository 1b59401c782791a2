// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/holm.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"

namespace qbench::metrics {

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  for (const double p : p_values) {
    if (!(p >= 0.0 && p <= 1.0)) throw Error(ErrorCode::kUsage, "{} is not a p-value", p);
  }
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double highest_so_far = 0.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double scaled = p_values[order[i]] * static_cast<double>(order.size() - i);
    highest_so_far = std::max(highest_so_far, std::min(1.0, scaled));
    adjusted[order[i]] = highest_so_far;
  }
  return adjusted;
}

double row_confidence(double alpha, std::size_t rows) {
  if (!(alpha > 0.0 && alpha < 1.0) || rows == 0) {
    throw Error(ErrorCode::kUsage, "an alpha of {} cannot be shared by {} rows", alpha, rows);
  }
  return 1.0 - alpha / static_cast<double>(rows);
}

}  // namespace qbench::metrics
