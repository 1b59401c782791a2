// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "datasets/dataset.h"
#include "harness/engine/cell_state.h"

namespace qbench::engine {

/// Settles the recipe of every described cell, in this order: the plan's; the model's metadata; the scale of its
/// integer input; another model of the same network in the plan that knows; a normalization inside the graph; found on
/// labelled images (recipe_search.h). What a model itself names is held against the images, too. `dataset` may be null;
/// without it, or where no accuracy is measured, what nobody says stays assumed. Sets fits_dataset. A recipe found by
/// an earlier start of the run is taken from the log. Throws Error(kUsage) with a question when the images do not
/// decide or contradict, Error(kDataset) when not one cell fits the dataset.
void settle_recipes(std::vector<CellState>& cells, RunState& run, const datasets::Dataset* dataset);

}  // namespace qbench::engine
