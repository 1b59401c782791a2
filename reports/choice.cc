// SPDX-License-Identifier: Apache-2.0
#include "reports/choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/units.h"
#include "reports/recipe_text.h"

namespace qbench::reports {
namespace {

using metrics::Measured;
using metrics::Quality;

constexpr double kMilliseconds = 1e-3;
constexpr int kLargeBatch = 64;

std::optional<metrics::Interval> scaled(const std::optional<metrics::Interval>& interval, double factor) {
  if (!interval) return std::nullopt;
  return metrics::Interval{interval->low * factor, interval->high * factor};
}

void add_latency(const CellComparison& cell, metrics::Qualities& qualities) {
  if (const LaneComparison* lane = cell.lane(1); lane != nullptr && lane->latency && lane->outcome.ok()) {
    qualities[Quality::kLatency] = {lane->latency->p50_ms * kMilliseconds,
                                    scaled(lane->latency->p50_interval_ms, kMilliseconds)};
    if (lane->peak_rss_bytes > 0) qualities[Quality::kRss] = {static_cast<double>(lane->peak_rss_bytes), {}};
    if (cell.baseline) qualities[Quality::kSpeedup] = {1.0, {}};
    if (lane->speed_up && lane->speed_up->paired_ratio) {
      qualities[Quality::kSpeedup] = {*lane->speed_up->paired_ratio, lane->speed_up->paired_interval};
    }
  }
  const LaneComparison* large = cell.lane(kLargeBatch);
  if (large != nullptr && large->per_image_ms && large->outcome.ok()) {
    qualities[Quality::kLatency64] = {*large->per_image_ms * kMilliseconds,
                                      scaled(large->latency->p50_interval_ms, kMilliseconds / kLargeBatch)};
  }
}

void add_accuracy(const CellComparison& cell, metrics::Qualities& qualities) {
  if (!cell.accuracy || !cell.accuracy->outcome.ok() || cell.accuracy->images == 0) return;
  const AccuracyColumns& accuracy = *cell.accuracy;
  qualities[Quality::kTop1] = {accuracy.top1, accuracy.top1_interval};
  qualities[Quality::kTop5] = {accuracy.top5, {}};
  if (cell.baseline) {
    qualities[Quality::kDrop] = {0.0, {}};
    qualities[Quality::kFlips] = {0.0, {}};
  }
  if (!accuracy.paired || accuracy.paired->images == 0) return;
  const PairedAccuracy& paired = *accuracy.paired;
  qualities[Quality::kDrop] = {
      -paired.delta_points / kPercent,
      metrics::Interval{-paired.delta_interval_points.high / kPercent, -paired.delta_interval_points.low / kPercent}};
  qualities[Quality::kFlips] = {
      static_cast<double>(paired.right_to_wrong + paired.wrong_to_right) / static_cast<double>(paired.images), {}};
}

/// The conditions that are in a state, as they were written.
std::string conditions_in(const metrics::ChoiceRule& rule, const metrics::CandidateCheck& check,
                          metrics::ConstraintState state) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rule.constraints.size(); ++i) {
    if (check.states[i] == state) texts.push_back(rule.constraints[i].text);
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string chosen_sentence(const metrics::ChoiceRule& rule, const metrics::Choice& choice,
                            const Comparison& comparison) {
  const std::size_t index = *choice.chosen;
  const std::string& label = comparison.cells[index].label;
  if (choice.checks[index].proven) return fmt::format("{}; every condition is proven", label);
  std::string text = fmt::format("{}; not proven: {}", label,
                                 conditions_in(rule, choice.checks[index], metrics::ConstraintState::kMet));
  if (choice.chosen_proven) {
    text += fmt::format("; the best proven one is {}", comparison.cells[*choice.chosen_proven].label);
  }
  return text;
}

std::string none_sentence(const metrics::ChoiceRule& rule, const metrics::Choice& choice,
                          const Comparison& comparison) {
  if (!choice.nearest) return "no variant qualifies, and none has all the figures that the rule needs";
  const metrics::CandidateCheck& check = choice.checks[*choice.nearest];
  return fmt::format("no variant qualifies; {} is nearest and misses {}", comparison.cells[*choice.nearest].label,
                     conditions_in(rule, check, metrics::ConstraintState::kMissed));
}

}  // namespace

metrics::Qualities qualities_of(const Record& record, const Comparison& comparison, std::size_t index) {
  const CellRecord& cell = record.cells.at(index);
  metrics::Qualities qualities;
  // Nothing is chosen on figures that cannot be set beside the baseline's.
  const bool has_accuracy = cell.accuracy && cell.accuracy->images > 0;
  if (has_accuracy && !recipe_conflict(cell, record.baseline_of(cell)).empty()) return qualities;
  add_latency(comparison.cells.at(index), qualities);
  add_accuracy(comparison.cells.at(index), qualities);
  if (cell.model.bytes > 0) qualities[Quality::kSize] = {static_cast<double>(cell.model.bytes), {}};
  const LaneRecord* lane = cell.lane(1);
  if (lane != nullptr && lane->outcome.ok()) qualities[Quality::kLoad] = {lane->load_ms * kMilliseconds, {}};
  return qualities;
}

ChoiceVerdict choose_cell(const Record& record, const Comparison& comparison, std::string_view rule_text) {
  const metrics::ChoiceRule rule = metrics::parse_choice(rule_text);
  std::vector<metrics::Qualities> candidates;
  for (std::size_t i = 0; i < comparison.cells.size(); ++i) candidates.push_back(qualities_of(record, comparison, i));
  const metrics::Choice choice = metrics::choose(rule, candidates);
  ChoiceVerdict verdict;
  verdict.rule = rule_text;
  if (choice.chosen) {
    verdict.chosen = comparison.cells[*choice.chosen].id;
    verdict.proven = choice.checks[*choice.chosen].proven;
    verdict.sentence = chosen_sentence(rule, choice, comparison);
  } else {
    if (choice.nearest) verdict.nearest = comparison.cells[*choice.nearest].id;
    verdict.sentence = none_sentence(rule, choice, comparison);
  }
  return verdict;
}

}  // namespace qbench::reports
