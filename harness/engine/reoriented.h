// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>

#include "core/predictions.h"
#include "datasets/dataset.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/scores.h"

namespace qbench::engine {

/// Samples of a dataset that EXIF orientation turned.
struct ReorientedImages {
  const datasets::Dataset& dataset;
  const std::set<std::size_t>& samples;  ///< not empty
};

/// One sentence: how many images EXIF orientation turned, how to turn that off, and how many of them `cell` gets right
/// turned and as stored. For the latter it is evaluated once more on these images (evenly spread ones, at most
/// 1,000 and 128 MB of pixels); when that fails the figures are left out. `predictions` are the cell's, of turned
/// images; `layout` is that of its scores.
[[nodiscard]] std::string reoriented_warning(RunState& run, const CellState& cell, const ReorientedImages& images,
                                             const ScoresLayout& layout, std::span<const Prediction> predictions);

}  // namespace qbench::engine
