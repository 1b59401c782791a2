// SPDX-License-Identifier: Apache-2.0
#include "reports/sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr double kClose = 1.05;  // below it a factor hides what an interval shows

/// `shown` with both ends of its interval, or with their distance where that reads alike to both sides.
std::string with_interval(const std::string& shown, const std::string& below, const std::string& above,
                          const std::string& low, const std::string& high) {
  if (below == above) return fmt::format("{} \u00b1{}", shown, above);
  return fmt::format("{} ({}\u2013{})", shown, low, high);
}

/// A distance from `value` as a percentage of it: "0.4%".
std::string relative_text(double distance, double value) {
  const double percent = kPercent * distance / value;
  return fmt::format("{:.{}f}%", percent, percent < 9.95 ? 1 : 0);
}

int ratio_decimals(double ratio) { return ratio < 9.995 ? 2 : (ratio < 99.95 ? 1 : 0); }

/// "2.40x as fast", "takes 3.33x the time" or, when the two are close, "speed-up 0.998"; the interval in the same
/// terms.
std::string speed_words(double ratio, const std::optional<metrics::Interval>& interval, double confidence) {
  const bool slower = ratio < 1.0 / kClose;
  std::string text = fmt::format("speed-up {:.3f}", ratio);
  if (ratio > kClose) text = ratio_text(ratio) + " as fast";
  if (slower) text = fmt::format("takes {} the time", ratio_text(1.0 / ratio));
  if (!interval) return text;
  const metrics::Interval shown = slower ? metrics::Interval{1.0 / interval->high, 1.0 / interval->low} : *interval;
  return text + fmt::format(" ({:.4g} % interval {:.3f} to {:.3f})", kPercent * confidence, shown.low, shown.high);
}

const std::string& label_of(const Comparison& comparison, const std::string& id) {
  for (const CellComparison& cell : comparison.cells) {
    if (cell.id == id) return cell.label;
  }
  return id;
}

/// Said only where the row would stand out alone and does not among all of them. A verdict's p is over all looks, so
/// that the whole alpha is the level here and at its interval.
std::string holm_words(double p, double p_holm, const Comparison& comparison) {
  const double alpha = comparison.settings.latency.alpha;
  if (p > alpha || p_holm <= alpha) return {};
  return fmt::format("; not significant among all {} rows (Holm, p = {:.2g})", comparison.judged_rows, p_holm);
}

std::string latency_sentence(const LaneComparison& lane, const SpeedUp& speed_up, const Comparison& comparison) {
  const double ratio = speed_up.shown_ratio();
  std::string text = fmt::format("batch {}: {}: {}", lane.batch, speed_up.verdict,
                                 speed_words(ratio, speed_up.paired_interval, speed_up.confidence));
  if (!speed_up.advice.empty()) text += "; " + speed_up.advice;
  const bool difference = speed_up.verdict != "EQUIVALENT" && speed_up.verdict != "INCONCLUSIVE";
  if (difference && speed_up.p_value && speed_up.p_holm) {
    text += holm_words(*speed_up.p_value, *speed_up.p_holm, comparison);
  }
  return text;
}

std::string margin_sentence(const PairedAccuracy& paired, double margin_points) {
  std::string text = fmt::format("within {} points: {}", margin_points, paired.within_margin);
  if (paired.images_needed) text += fmt::format(", about {} more images would tell", *paired.images_needed);
  return text;
}

/// "" without a divergence.
std::string divergence_words(const AccuracyColumns& accuracy) {
  if (!accuracy.divergence) return {};
  const DivergenceRecord& divergence = *accuracy.divergence;
  const std::string form = divergence.score_step > 0.0
                               ? fmt::format(", both rounded to steps of 1/{:.0f},", 1.0 / divergence.score_step)
                               : std::string();
  return fmt::format("; KL of the scores{} {:.2g} nats on average, {:.2g} at the 99th percentile", form,
                     divergence.kl_mean, divergence.kl_p99);
}

std::string accuracy_sentence(const AccuracyColumns& accuracy, const Comparison& comparison) {
  if (!accuracy.paired) {
    const std::string delta = accuracy.delta_points ? points_text(*accuracy.delta_points) + " points, " : "";
    return fmt::format("top-1: {}not paired: {}", delta, accuracy.no_pairing);
  }
  const PairedAccuracy& paired = *accuracy.paired;
  if (paired.identical) {
    const bool same_scores = accuracy.divergence && accuracy.divergence->max_difference == 0.0;
    return fmt::format("top-1: every one of {} {} is the same", paired.images,
                       same_scores ? "score vectors" : "predictions") +
           (same_scores ? "" : divergence_words(accuracy));
  }
  return fmt::format("top-1: {} points (95 % interval {} to {}), {} right to wrong, {} wrong to right, p = {:.2g}; {}",
                     points_text(paired.delta_points), points_text(paired.delta_interval_points.low),
                     points_text(paired.delta_interval_points.high), paired.right_to_wrong, paired.wrong_to_right,
                     paired.mcnemar_p, margin_sentence(paired, comparison.settings.accuracy_margin_points)) +
         holm_words(paired.mcnemar_p, paired.mcnemar_p_holm, comparison) + divergence_words(accuracy);
}

std::string outcome_words(const Outcome& outcome) {
  std::string text(status_name(outcome.status));
  if (!outcome.stage.empty()) text += fmt::format(" at {}", outcome.stage);
  if (outcome.signal != 0) text += fmt::format(" (signal {})", outcome.signal);
  return text + ": " + (outcome.reason.empty() ? "no reason given" : outcome.reason);
}

/// Batches that failed in the same words share a line.
void add_lane_problems(const CellComparison& cell, std::vector<Problem>& problems) {
  std::vector<std::string> told;
  for (const LaneComparison& lane : cell.lanes) {
    const std::string words = outcome_words(lane.outcome);
    if (lane.outcome.ok() || std::ranges::find(told, words) != told.end()) continue;
    std::string batches;
    for (const LaneComparison& other : cell.lanes) {
      if (other.outcome.ok() || outcome_words(other.outcome) != words) continue;
      batches += fmt::format("{}{}", batches.empty() ? "" : ", ", other.batch);
    }
    problems.push_back({cell.label, fmt::format("batch {} {}", batches, words), lane.outcome.status});
    told.push_back(words);
  }
}

}  // namespace

Batches batches_of(const Comparison& comparison) noexcept {
  Batches batches;
  for (const CellComparison& cell : comparison.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      if (batches.low == 0 || lane.batch < batches.low) batches.low = lane.batch;
      batches.high = std::max(batches.high, lane.batch);
    }
  }
  return batches;
}

std::string ratio_text(double ratio) { return fmt::format("{:.{}f}x", ratio, ratio_decimals(ratio)); }

std::string points_text(double points) {
  const std::string text = fmt::format("{:+.2f}", points);
  return text == "+0.00" || text == "-0.00" ? "0.00" : text;
}

std::string top1_text(const AccuracyColumns& accuracy) {
  if (accuracy.images == 0 || !accuracy.top1_interval) return {};
  const metrics::Interval& interval = *accuracy.top1_interval;
  const auto percent = [](double share) { return fmt::format("{:.2f}", kPercent * share); };
  return with_interval(percent(accuracy.top1), percent(accuracy.top1 - interval.low),
                       percent(interval.high - accuracy.top1), percent(interval.low), percent(interval.high));
}

std::string p50_text(const LatencyColumns& latency) {
  if (!latency.p50_interval_ms || latency.p50_ms <= 0.0) return significant(latency.p50_ms);
  const metrics::Interval& interval = *latency.p50_interval_ms;
  const double value = latency.p50_ms;
  return with_interval(significant(value), relative_text(value - interval.low, value),
                       relative_text(interval.high - value, value), significant(interval.low),
                       significant(interval.high));
}

std::string speed_up_text(const SpeedUp& speed_up) {
  const double value = speed_up.shown_ratio();
  if (!speed_up.paired_ratio || !speed_up.paired_interval) return ratio_text(value);
  const metrics::Interval& interval = *speed_up.paired_interval;
  const auto end = [&](double ratio) { return fmt::format("{:.{}f}", ratio, ratio_decimals(value) + 1); };
  return with_interval(ratio_text(value), relative_text(value - interval.low, value),
                       relative_text(interval.high - value, value), end(interval.low), end(interval.high));
}

std::vector<std::string> verdict_sentences(const CellComparison& cell, const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (cell.baseline) return sentences;
  for (const LaneComparison& lane : cell.lanes) {
    if (lane.speed_up) {
      sentences.push_back(latency_sentence(lane, *lane.speed_up, comparison));
      for (const std::string& cause : lane.causes) {
        sentences.push_back(fmt::format("batch {}: why: {}", lane.batch, cause));
      }
    } else if (lane.latency) {
      sentences.push_back(fmt::format("batch {}: no speed-up: {}", lane.batch, lane.no_speed_up));
    }
  }
  if (cell.accuracy && cell.accuracy->images > 0) {
    sentences.push_back(accuracy_sentence(*cell.accuracy, comparison));
  }
  return sentences;
}

std::vector<std::string> tradeoff_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  std::vector<std::string> front;
  for (const TradeoffRow& row : comparison.tradeoff.rows) {
    const std::string share = fmt::format("{:.0f} % of the draws", kPercent * row.front_share);
    if (row.on_front) {
      front.push_back(fmt::format("{} ({})", label_of(comparison, row.cell), share));
    } else {
      sentences.push_back(fmt::format("{} is beaten by {} in everything that counts; it was on the front in {}",
                                      label_of(comparison, row.cell), label_of(comparison, row.dominated_by), share));
    }
  }
  if (!front.empty()) {
    sentences.insert(sentences.begin(),
                     fmt::format("worth having by latency, size, memory{}: {}",
                                 comparison.tradeoff.with_accuracy ? " and top-1" : "", fmt::join(front, ", ")));
  }
  if (comparison.choice) {
    sentences.push_back(fmt::format("choice by '{}': {}", comparison.choice->rule, comparison.choice->sentence));
  }
  return sentences;
}

std::vector<Problem> problems_of(const Comparison& comparison) {
  std::vector<Problem> problems;
  for (const CellComparison& cell : comparison.cells) {
    const std::size_t before = problems.size();
    add_lane_problems(cell, problems);
    if (cell.accuracy && !cell.accuracy->outcome.ok()) {
      problems.push_back({cell.label, fmt::format("accuracy {}", outcome_words(cell.accuracy->outcome)),
                          cell.accuracy->outcome.status});
    }
    if (!cell.outcome.ok() && problems.size() == before) {
      problems.push_back({cell.label, outcome_words(cell.outcome), cell.outcome.status});
    }
  }
  return problems;
}

}  // namespace qbench::reports
