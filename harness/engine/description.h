// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datasets/recipe_from_model.h"
#include "harness/engine/cell_state.h"

namespace qbench::engine {

/// Finds out what a cell is: our own reader judges the file, then a worker loads it at batch 1. Whatever keeps batch 1
/// from loading is the outcome of every batch. `classes` are the dataset's (0: none). Never throws for a bad model.
/// Throws Error(kIo) when the file is gone.
[[nodiscard]] CellState describe_cell(RunState& run, const CellPlan& plan, int classes);

/// The recipe that a described cell's model asks for by itself (datasets/recipe_from_model.h).
[[nodiscard]] datasets::DerivedRecipe model_recipe(const CellState& cell, int classes);

/// Whether the model's scores and the dataset's classes meet, after the recipe's label offset has been settled for this
/// dataset; if not, the cell's accuracy is an error that says so.
[[nodiscard]] Outcome check_class_count(CellState& cell, const datasets::Dataset& dataset);

}  // namespace qbench::engine
