// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/warmup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kWindow = 5;
/// A transient of this length changes no median of kWindow values.
constexpr std::size_t kHidden = kWindow / 2;
/// So many running medians in a row make a steady level.
constexpr std::size_t kSteadyRun = 8;
constexpr std::size_t kLeastBlock = 2 * kWindow;
/// A running median that is farther off than this many standard deviations is no noise.
constexpr double kNoiseLimit = 3.0;

/// Standard deviation of the running median where the block is steady, as a fraction of the steady level. A straight
/// trend over the second half is no noise.
double noise_of_running_median(std::span<const double> second_half, double steady) {
  std::vector<double> medians;
  for (std::size_t i = 0; i + kWindow <= second_half.size(); ++i)
    medians.push_back(median(second_half.subspan(i, kWindow)));
  if (medians.size() < 2) return 0.0;
  const std::size_t half = medians.size() / 2;
  const std::span<const double> all(medians);
  const double slope = (median(all.last(half)) - median(all.first(half))) / static_cast<double>(medians.size() - half);
  for (std::size_t i = 0; i < medians.size(); ++i) medians[i] -= slope * static_cast<double>(i);
  return robust_sd(medians) / steady;
}

/// Where the first run of running medians that are no slower than the tolerance allows begins, in the block's first
/// half; its end when there is none. Later excursions are the machine's: a transient has no gap of this length.
std::size_t first_steady_position(std::span<const double> block, double steady, double tolerance) {
  const std::size_t half = block.size() / 2;
  std::size_t run = 0;
  for (std::size_t i = 0; i < half; ++i) {
    const double running = median(block.subspan(i, kWindow));
    run = running > (1.0 + tolerance) * steady ? 0 : run + 1;
    if (run == kSteadyRun) return i + 1 - run;
  }
  return half - run;
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
  const double noise = noise_of_running_median(block.last(block.size() / 2), result.steady_seconds);
  const double tolerance = std::max(options.tolerance, kNoiseLimit * noise);
  const std::size_t position = first_steady_position(block, result.steady_seconds, tolerance);
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
