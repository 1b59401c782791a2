// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/warmup.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/metrics/descriptive.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kWindow = 5;
/// A transient of this length changes no median of kWindow values.
constexpr std::size_t kHidden = kWindow / 2;
constexpr std::size_t kLeastBlock = 2 * kWindow;

/// First position of the first half from which on every running median is within the tolerance.
std::size_t first_steady_position(std::span<const double> block, double steady, double tolerance) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < block.size() / 2; ++i) {
    const double running = median(block.subspan(i, kWindow));
    if (std::abs(running - steady) > tolerance * steady) position = i + 1;
  }
  return position;
}

std::size_t count_within(std::span<const double> block, double seconds) {
  double sum = 0.0;
  std::size_t count = 0;
  while (count < block.size() && (sum += block[count]) <= seconds) ++count;
  return count;
}

}  // namespace

Warmup calibrate_warmup(std::span<const double> block, const WarmupOptions& options) {
  require_finite(block, "warm-up block", kLeastBlock);
  if (std::ranges::any_of(block, [](double seconds) { return seconds <= 0.0; })) {
    throw Error(ErrorCode::kUsage, "warm-up block: durations must be above zero");
  }
  Warmup result;
  result.steady_seconds = median(block.last(block.size() / 2));
  const std::size_t position = first_steady_position(block, result.steady_seconds, options.tolerance);
  const std::size_t wanted = position + kHidden;
  const std::size_t limit = std::min(options.most, count_within(block, options.most_seconds));
  result.dropped = std::max(options.least, std::min(wanted, limit));
  result.settled = wanted <= result.dropped && position < block.size() / 2;
  result.timed = std::max(options.least_timed, result.dropped);
  return result;
}

std::vector<double> positionwise_median(const std::vector<std::vector<double>>& blocks) {
  if (blocks.empty()) throw Error(ErrorCode::kUsage, "warm-up: no block was given");
  std::size_t length = std::numeric_limits<std::size_t>::max();
  for (const std::vector<double>& block : blocks) length = std::min(length, block.size());
  std::vector<double> result(length);
  std::vector<double> column(blocks.size());
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t b = 0; b < blocks.size(); ++b) column[b] = blocks[b][i];
    result[i] = median(column);
  }
  return result;
}

}  // namespace qbench::metrics
