// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/predictions.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/run.h"

namespace qbench::engine {

/// Takes the lanes of this batch size that the log holds and that still stand (their binding is what it would be now,
/// and no failure that can pass) over into the cells' records; returns the described cells whose lane must be measured.
/// Lanes that are compared with each other are measured together, in the same rounds: where one of them is missing, all
/// are measured again. What is measured again although it was finished is said.
[[nodiscard]] std::vector<CellState*> cells_to_measure(RunState& run, std::vector<CellState>& cells, int batch);

/// The sustained run that the log holds of a cell, if it stands.
[[nodiscard]] const SustainedRecord* finished_sustained(RunState& run, const CellState& cell);

/// A cell's evaluation that the log holds, with its predictions.
struct FinishedAccuracy {
  AccuracyRecord record;
  std::vector<Prediction> predictions;  ///< empty when it failed
  std::vector<std::string> warnings;    ///< that came with it, for the cell's record
};
/// The same, if it stands and its predictions are still the ones that were counted.
[[nodiscard]] std::optional<FinishedAccuracy> finished_accuracy(RunState& run, const CellState& cell,
                                                                const RunContext& context);

}  // namespace qbench::engine
