// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/finished.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "core/error.h"
#include "harness/engine/scores.h"

namespace qbench::engine {
namespace {

/// True when the piece stands; says why when not.
bool stands(RunState& run, const CellState& cell, std::string_view piece, const Binding& then, const Binding& now) {
  const std::string difference = binding_difference(then, now);
  if (difference.empty()) return true;
  run.progress.note(fmt::format("{}, {}: measured again, {}", cell.record.id, piece, difference));
  return false;
}

const LaneRecord* standing_lane(RunState& run, const CellState& cell, int batch) {
  const auto* logged = run.log.lane(cell.record.id, batch);
  if (logged == nullptr || can_pass(logged->record)) return nullptr;
  const Binding now = lane_binding(run, cell, batch);
  return stands(run, cell, fmt::format("batch {}", batch), logged->binding, now) ? &logged->record : nullptr;
}

/// What counting relies on; the file may come from anywhere.
bool within_bounds(std::span<const Prediction> predictions, std::size_t samples, int classes) {
  std::int64_t last = -1;
  return std::ranges::all_of(predictions, [&](const Prediction& one) {
    const bool in_order = std::int64_t{one.sample} > last && one.sample < samples;
    last = one.sample;
    const auto top = std::span(one.classes).first(one.count);
    return in_order && one.label >= 0 && one.label < classes &&
           std::ranges::all_of(top, [&](std::int32_t index) { return index >= -1 && index < classes; });
  });
}

bool same_counts(const AccuracyRecord& a, const AccuracyRecord& b) {
  const auto counts = [](const AccuracyRecord& record) {
    return std::tuple(record.images, record.correct, record.correct_top5, record.non_finite, record.prediction_sha256);
  };
  return counts(a) == counts(b);
}

/// The predictions that were counted; throws when the file no longer holds them.
std::vector<Prediction> counted_predictions(const CellLog::Accuracy& logged, const std::string& cell,
                                            const RunContext& context) {
  std::vector<Prediction> predictions = context.predictions.load(cell);
  const auto classes = static_cast<int>(context.dataset->class_names().size());
  const bool same = within_bounds(predictions, context.dataset->samples().size(), classes) &&
                    predictions_digest(predictions) == logged.predictions_sha256 &&
                    same_counts(summarize(predictions, classes), logged.record);
  if (!same) throw Error(ErrorCode::kConfig, "its predictions file does not hold what was counted");
  return predictions;
}

}  // namespace

std::vector<CellState*> cells_to_measure(RunState& run, std::vector<CellState>& cells, int batch) {
  std::map<const CellState*, const LaneRecord*> standing;
  std::set<const CellPlan*> open;  // baselines of what is missing
  for (const CellState& cell : cells) {
    if (!cell.described()) continue;
    standing[&cell] = standing_lane(run, cell, batch);
    if (standing[&cell] == nullptr) open.insert(&baseline_of(run.plan, *cell.plan));
  }
  std::vector<CellState*> missing;
  for (CellState& cell : cells) {
    if (!cell.described()) continue;
    const LaneRecord* lane = standing[&cell];
    const bool in_open_group = open.contains(&baseline_of(run.plan, *cell.plan));
    if (lane != nullptr && !in_open_group) {
      run.take_lane(cell, *lane);
      continue;
    }
    if (lane != nullptr) {
      run.progress.note(fmt::format("{}, batch {}: measured again, in the same rounds as what it is compared with",
                                    cell.record.id, batch));
    }
    missing.push_back(&cell);
  }
  return missing;
}

const SustainedRecord* finished_sustained(RunState& run, const CellState& cell) {
  const auto* logged = run.log.sustained(cell.record.id);
  if (logged == nullptr || can_pass(logged->record.outcome)) return nullptr;
  const Binding now = sustained_binding(run, cell);
  return stands(run, cell, "sustained", logged->binding, now) ? &logged->record : nullptr;
}

std::optional<FinishedAccuracy> finished_accuracy(RunState& run, const CellState& cell, const RunContext& context) {
  const CellLog::Accuracy* logged = run.log.accuracy(cell.record.id);
  if (logged == nullptr || can_pass(logged->record.outcome)) return std::nullopt;
  if (!stands(run, cell, "accuracy", logged->binding, accuracy_binding(run, cell))) return std::nullopt;
  FinishedAccuracy finished{.record = logged->record, .predictions = {}, .warnings = logged->warnings};
  if (!finished.record.outcome.ok()) return finished;
  const std::string& scores = finished.record.scores_file;
  try {
    if (!scores.empty() && !std::filesystem::is_regular_file(context.folder / scores_file_name(cell.record.id))) {
      throw Error(ErrorCode::kIo, "its scores file is gone");
    }
    finished.predictions = counted_predictions(*logged, cell.record.id, context);
  } catch (const Error& error) {
    run.progress.note(fmt::format("{}: evaluated again, {}", cell.record.id, error.what()));
    return std::nullopt;
  }
  return finished;
}

}  // namespace qbench::engine
