// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/recipe.h"
#include "datasets/open_dataset.h"
#include "harness/engine/settings.h"
#include "runners/runner.h"

namespace qbench::engine {

/// One variant x runner x options x threads, before it has run.
struct CellPlan {
  std::string id;  ///< unique in the plan, safe as a file name
  std::string variant;
  std::filesystem::path model;
  std::string runner = "tflite";
  runners::RunnerOptions options;  ///< batch is set by the lane
  std::optional<Recipe> recipe;    ///< absent: derived from the model
};

/// Everything that one run will do. Cells come in order; the first is the baseline.
struct Plan {
  std::string name = "run";
  std::vector<CellPlan> cells;
  std::vector<int> batches{1, 64};
  std::optional<datasets::DatasetOptions> dataset;  ///< absent: latency only, on noise
  RunSettings settings;
};

/// "auto", "xnnpack", "builtin".
[[nodiscard]] std::string_view kernels_name(runners::Kernels kernels) noexcept;

/// Gives every cell its id: the variant's name and whatever tells it from the other cells of the same variant, with a
/// number where nothing does (the same cell twice is how a run is compared with itself).
void name_cells(Plan& plan);

}  // namespace qbench::engine
