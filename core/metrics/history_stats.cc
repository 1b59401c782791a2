// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/history_stats.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/location_tests.h"

namespace qbench::metrics {

NightVerdict judge_night(std::span<const double> ratios, const NightOptions& options) {
  require_finite(ratios, "log ratios of a night", 0);
  NightVerdict verdict;
  if (!ratios.empty()) verdict.estimate = median(ratios);
  const std::optional<LocationEstimate> located = order_statistic_estimate(ratios, 1.0 - options.alpha);
  if (!located) return verdict;
  verdict.interval = located->interval;
  verdict.answer = night_answer(verdict.estimate, located->interval, options);
  return verdict;
}

NightAnswer night_answer(double estimate, const Interval& interval, const NightOptions& options) {
  const double least = std::log1p(options.least_change);
  if (interval.low > 0.0 && estimate >= least) return NightAnswer::kSlower;
  if (interval.high < 0.0 && estimate <= -least) return NightAnswer::kFaster;
  return NightAnswer::kQuiet;
}

std::vector<CreepNight> detect_creep(std::span<const double> series, const CreepOptions& options) {
  require_finite(series, "nightly ratios", 0);
  if (options.baseline_nights == 0 || options.recent_nights == 0 || !(options.least_sd > 0.0)) {
    throw Error(ErrorCode::kUsage,
                "creep: the nights of the baseline, the recent ones and the least deviation must be "
                "above zero");
  }
  std::vector<CreepNight> nights(series.size());
  double sum = 0.0;
  for (std::size_t t = options.baseline_nights; t < series.size(); ++t) {
    const std::span<const double> baseline = series.subspan(t - options.baseline_nights, options.baseline_nights);
    const double sd = std::max(options.least_sd, robust_sd(baseline));
    nights[t].z = std::clamp((series[t] - median(baseline)) / sd, -options.clamp, options.clamp);
    sum = std::max(0.0, sum + nights[t].z - options.slack);
    nights[t].sum = sum;
    const std::size_t recent = std::min(options.recent_nights, t + 1);
    nights[t].alarm =
        sum > options.threshold && median(series.subspan(t + 1 - recent, recent)) > std::log1p(options.least_change);
  }
  return nights;
}

std::optional<MachineChange> detect_machine_change(std::span<const double> reference_times,
                                                   const MachineChangeOptions& options) {
  require_finite(reference_times, "reference times", 0);
  std::vector<double> logs;
  for (const double time : reference_times) {
    if (time <= 0.0) throw Error(ErrorCode::kUsage, "reference times: {} is not above zero", time);
    logs.push_back(std::log(time));
  }
  const std::size_t needed = std::max<std::size_t>(1, options.least_nights);
  if (logs.size() < needed + 1) return std::nullopt;
  const std::size_t before = std::min(std::max(needed, options.window), logs.size() - 1);
  const std::span<const double> window = std::span<const double>(logs).subspan(logs.size() - 1 - before, before);
  MachineChange result;
  result.shift = logs.back() - median(window);
  result.threshold = std::max(std::log1p(options.least_change), options.deviations * robust_sd(window));
  result.changed = std::abs(result.shift) > result.threshold;
  return result;
}

}  // namespace qbench::metrics
