// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/between_runs.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/location_tests.h"
#include "core/metrics/slow_changes.h"

namespace qbench::metrics {
namespace {

void require_options(const BetweenRunsOptions& options) {
  const auto is_fraction = [](double value) { return value > 0.0 && value < 1.0; };
  if (!is_fraction(options.margin) || !is_fraction(options.alpha) || !is_fraction(2.0 * options.equivalence_alpha) ||
      !(options.noise >= 0.0) || !std::isfinite(options.noise)) {
    throw Error(ErrorCode::kUsage,
                "a verdict between runs needs 0 < margin < 1, 0 < alpha < 1, 0 < equivalence alpha < 0.5 and noise >= "
                "0; given {}, {}, {} and {}",
                options.margin, options.alpha, options.equivalence_alpha, options.noise);
  }
}

/// Of median(b) - median(a) at 1 - alpha, `noise` wider on both sides; nullopt when a side is too short for it.
std::optional<Interval> difference_interval(std::span<const double> a, std::span<const double> b, double alpha,
                                            double noise) {
  const std::vector<double> sorted_a = sorted_copy(a);
  const std::vector<double> sorted_b = sorted_copy(b);
  const auto of_a = order_statistic_interval(sorted_a, 0.5, 1.0 - alpha / 2.0);
  const auto of_b = order_statistic_interval(sorted_b, 0.5, 1.0 - alpha / 2.0);
  if (!of_a || !of_b) return std::nullopt;
  const Interval wide_a = with_allowance(*of_a, median(a), slow_change_allowance(a));
  const Interval wide_b = with_allowance(*of_b, median(b), slow_change_allowance(b));
  return Interval{wide_b.low - wide_a.high - noise, wide_b.high - wide_a.low + noise};
}

LatencyAnswer answer_of(const LatencyVerdict& verdict, double log_margin) {
  if (verdict.excludes_zero && verdict.estimate >= log_margin) return LatencyAnswer::kSlower;
  if (verdict.excludes_zero && verdict.estimate <= -log_margin) return LatencyAnswer::kFaster;
  if (verdict.inside_margin) return LatencyAnswer::kEquivalent;
  return verdict.excludes_zero ? LatencyAnswer::kDifferentButSmall : LatencyAnswer::kInconclusive;
}

}  // namespace

LatencyVerdict judge_between_runs(std::span<const double> a, std::span<const double> b,
                                  const BetweenRunsOptions& options) {
  require_options(options);
  require_finite(a, "rounds of the first run", 0);
  require_finite(b, "rounds of the second run", 0);
  LatencyVerdict verdict;
  verdict.rounds = std::min(a.size(), b.size());
  if (a.empty() || b.empty()) return verdict;
  verdict.estimate = median(b) - median(a);
  if (verdict.rounds < kLeastRounds) return verdict;
  const double log_noise = std::log1p(options.noise);
  const double log_margin = std::log1p(options.margin);
  verdict.interval = difference_interval(a, b, options.alpha, log_noise);
  verdict.equivalence_interval = difference_interval(a, b, 2.0 * options.equivalence_alpha, log_noise);
  if (!verdict.interval || !verdict.equivalence_interval) return verdict;
  verdict.excludes_zero = !verdict.interval->contains(0.0);
  verdict.inside_margin =
      verdict.equivalence_interval->low > -log_margin && verdict.equivalence_interval->high < log_margin;
  verdict.answer = answer_of(verdict, log_margin);
  return verdict;
}

}  // namespace qbench::metrics
