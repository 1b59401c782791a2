// SPDX-License-Identifier: Apache-2.0
#include "reports/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "core/metrics/holm.h"
#include "reports/accuracy_columns.h"
#include "reports/choice.h"
#include "reports/latency_columns.h"
#include "reports/slowness.h"
#include "reports/speed_up.h"
#include "reports/tradeoff.h"

namespace qbench::reports {
namespace {

std::optional<double> ratio(std::int64_t value, std::int64_t baseline) {
  if (value <= 0 || baseline <= 0) return std::nullopt;
  return static_cast<double>(value) / static_cast<double>(baseline);
}

const std::vector<Prediction>* find_predictions(std::span<const CellPredictions> predictions, const std::string& cell) {
  for (const CellPredictions& candidate : predictions) {
    if (candidate.cell == cell) return &candidate.predictions;
  }
  return nullptr;
}

bool has_samples(const CellRecord& cell) {
  return std::ranges::any_of(cell.lanes, [](const LaneRecord& lane) { return !lane.samples_ns().empty(); });
}

/// One line on why nothing can be set beside the baseline; empty when something can.
std::string problem_of_baseline(const CellRecord& baseline) {
  const Outcome& outcome = baseline.worst();
  if (outcome.ok() || has_samples(baseline)) return {};
  return fmt::format("the baseline '{}' has no result ({}: {}), so there are no ratios", baseline.id,
                     status_name(outcome.status), outcome.reason);
}

std::vector<std::string> labels_of(const std::vector<CellRecord>& cells) {
  std::map<std::string, int> uses;
  for (const CellRecord& cell : cells) ++uses[cell.variant];
  std::vector<std::string> labels;
  labels.reserve(cells.size());
  for (const CellRecord& cell : cells) {
    labels.push_back(uses[cell.variant] == 1 && !cell.variant.empty() ? cell.variant : cell.id);
  }
  return labels;
}

CellComparison compare_cell(const CellRecord& cell, const CellRecord& other,
                            std::span<const CellPredictions> predictions, const ComparisonSettings& settings,
                            const SpeedJudge& judge) {
  CellComparison row;
  row.id = cell.id;
  row.baseline = &other == &cell;
  row.against = other.id;
  row.outcome = cell.worst();
  row.size_ratio = ratio(cell.model.bytes, other.model.bytes);
  row.zstd_ratio = ratio(cell.model.zstd_bytes, other.model.zstd_bytes);
  for (const LaneRecord& lane : cell.lanes) {
    row.lanes.push_back(compare_lane(lane, cell, row.baseline ? nullptr : &other, judge));
  }
  row.accuracy = compare_accuracy({cell, find_predictions(predictions, cell.id)},
                                  {other, find_predictions(predictions, other.id)}, settings);
  return row;
}

void explain_slowness(const Record& record, const CellRecord& cell, CellComparison& row) {
  for (std::size_t i = 0; i < cell.lanes.size(); ++i) {
    row.lanes[i].causes = slowness_causes({record, cell, cell.lanes[i], row.lanes[i]});
  }
}

/// Fills every p_holm and mcnemar_p_holm from the p-values that are there: by chance alone one row in a hundred would
/// stand out at 1 %.
void adjust_for_rows(Comparison& comparison) {
  std::vector<double> p_values;
  std::vector<std::function<void(double)>> store;
  for (CellComparison& cell : comparison.cells) {
    for (LaneComparison& lane : cell.lanes) {
      if (!lane.speed_up || !lane.speed_up->p_value) continue;
      p_values.push_back(*lane.speed_up->p_value);
      store.emplace_back([&speed_up = *lane.speed_up](double p) { speed_up.p_holm = p; });
    }
    if (!cell.accuracy || !cell.accuracy->paired) continue;
    p_values.push_back(cell.accuracy->paired->mcnemar_p);
    store.emplace_back([&paired = *cell.accuracy->paired](double p) { paired.mcnemar_p_holm = p; });
  }
  const std::vector<double> adjusted = metrics::holm_adjusted(p_values);
  for (std::size_t i = 0; i < adjusted.size(); ++i) store[i](adjusted[i]);
  comparison.judged_rows = p_values.size();
}

}  // namespace

const LaneComparison* CellComparison::lane(int batch) const noexcept {
  for (const LaneComparison& candidate : lanes) {
    if (candidate.batch == batch) return &candidate;
  }
  return nullptr;
}

SpeedJudge judge_by_rounds(const ComparisonSettings& settings) {
  return [options = settings.latency](const JudgedLanes& lanes) {
    return compare_speed(lanes.lane, lanes.baseline_lane, options);
  };
}

Comparison compare_cells(const Record& record, std::span<const CellPredictions> predictions,
                         const ComparisonSettings& settings, const ComparisonMethod& method) {
  const SpeedJudge judge = method.judge ? method.judge : judge_by_rounds(settings);
  Comparison comparison;
  comparison.settings = settings;
  if (record.cells.empty()) return comparison;
  const CellRecord& baseline = record.cells.front();
  comparison.baseline = baseline.id;
  comparison.baseline_problem = problem_of_baseline(baseline);
  const std::vector<std::string> labels = labels_of(record.cells);
  for (std::size_t i = 0; i < record.cells.size(); ++i) {
    const CellRecord& cell = record.cells[i];
    comparison.cells.push_back(compare_cell(cell, record.baseline_of(cell), predictions, settings, judge));
    comparison.cells.back().label = labels[i];
    explain_slowness(record, cell, comparison.cells.back());
  }
  adjust_for_rows(comparison);
  if (!method.weighs) return comparison;
  comparison.tradeoff = judge_tradeoff(record, comparison, predictions);
  if (!settings.choose.empty()) comparison.choice = choose_cell(record, comparison, settings.choose);
  return comparison;
}

}  // namespace qbench::reports
