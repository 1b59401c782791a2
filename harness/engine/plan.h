// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/classifier_view.h"
#include "core/recipe.h"
#include "datasets/open_dataset.h"
#include "harness/engine/settings.h"
#include "runners/runner.h"

namespace qbench::engine {

/// One variant x runner x options x threads, before it has run.
struct CellPlan {
  std::string id;  ///< unique in the plan, safe as a file name
  std::string variant;
  std::string side;  ///< see CellRecord::side
  std::filesystem::path model;
  std::string runner = "tflite";
  runners::RunnerOptions options;  ///< batch is set by the lane
  std::filesystem::path worker;    ///< the qbench-worker of another build; empty: the run's own
  std::optional<Recipe> recipe;    ///< absent: derived from the model
  TensorChoice tensors;            ///< what is said of the model's tensors
};

/// Everything that one run will do. Cells come in order; the first is the baseline. In a plan with sides each cell of a
/// later side is measured against its counterpart of the first side.
struct Plan {
  std::string name = "run";
  std::vector<CellPlan> cells;
  std::vector<int> batches{1, 64};
  std::optional<datasets::DatasetOptions> dataset;  ///< absent: latency only, on noise
  std::string gate;                                 ///< limits as metrics::parse_gates() reads them; judged by the roof
  RunSettings settings;
};

/// What classifier_view() is told: what the model's graph says, what the plan asks for, the dataset's classes (0:
/// none).
[[nodiscard]] ClassifierHints hints_for(const CellPlan& plan, ClassifierHints of_model, int classes);

/// "auto", "xnnpack", "builtin".
[[nodiscard]] std::string_view kernels_name(runners::Kernels kernels) noexcept;

/// Gives every cell its id: the variant's name and whatever tells it from the other cells of the same variant, with a
/// number where nothing does (the same cell twice is how a run is compared with itself).
void name_cells(Plan& plan);

/// The cell that `cell` is measured against: without sides the first; with sides the first one of the plan's first side
/// that agrees in variant, runner, kernels, threads and delegate (model files, libraries and workers may differ: they
/// are what is compared). A cell of the first side, or without a counterpart, is its own baseline. `plan` has cells.
[[nodiscard]] const CellPlan& baseline_of(const Plan& plan, const CellPlan& cell);

}  // namespace qbench::engine
