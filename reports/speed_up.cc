// SPDX-License-Identifier: Apache-2.0
#include "reports/speed_up.h"

#include <fmt/format.h>

#include <cmath>

#include "core/metrics/descriptive.h"
#include "core/metrics/round_ratios.h"

namespace qbench::reports {
namespace {

/// How long a round of the whole run took, from the distance of this lane's blocks; 0 when they do not tell.
double seconds_per_round(const LaneRecord& lane) {
  if (lane.blocks.size() < 2) return 0.0;
  const BlockRecord& first = lane.blocks.front();
  const BlockRecord& last = lane.blocks.back();
  const int rounds = last.round - first.round;
  const double seconds = last.start_s - first.start_s;
  return rounds > 0 && seconds > 0.0 && std::isfinite(seconds) ? seconds / rounds : 0.0;
}

std::string advice_for(const metrics::LatencyVerdict& verdict) {
  if (!verdict.more_rounds || *verdict.more_rounds == 0) return {};
  std::string text = fmt::format("{} more rounds", *verdict.more_rounds);
  if (verdict.more_seconds) text += fmt::format(" (about {:.0f} s)", std::ceil(*verdict.more_seconds));
  return text + " may tell";
}

}  // namespace

SpeedUp compare_speed(const LaneRecord& lane, const LaneRecord& baseline,
                      const metrics::LatencyVerdictOptions& options) {
  SpeedUp speed_up;
  const double mine = metrics::median(lane.samples_ns());
  if (mine > 0.0) speed_up.ratio = metrics::median(baseline.samples_ns()) / mine;
  metrics::LatencyVerdictOptions effective = options;
  if (effective.seconds_per_round <= 0.0) effective.seconds_per_round = seconds_per_round(lane);
  const std::vector<double> ratios = metrics::round_log_ratios(lane, baseline);
  const metrics::LatencyVerdict verdict = metrics::judge_latency(ratios, effective);
  speed_up.rounds = static_cast<int>(verdict.rounds);
  speed_up.confidence = 1.0 - options.alpha / static_cast<double>(options.looks);
  speed_up.p_value = verdict.p_value;
  speed_up.verdict = metrics::answer_name(verdict.answer);
  speed_up.advice = advice_for(verdict);
  if (verdict.answer == metrics::LatencyAnswer::kInsufficient) {
    const std::string& reason = lane.cut_short.empty() ? baseline.cut_short : lane.cut_short;
    if (!reason.empty()) speed_up.advice = reason;
  }
  if (verdict.rounds > 0) speed_up.paired_ratio = std::exp(-verdict.estimate);
  if (verdict.interval) {
    speed_up.paired_interval = metrics::Interval{std::exp(-verdict.interval->high), std::exp(-verdict.interval->low)};
  }
  return speed_up;
}

}  // namespace qbench::reports
