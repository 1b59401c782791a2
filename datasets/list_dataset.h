// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// Images named by a CSV file of `path,label` lines (further columns are ignored, a heading line is recognized). Labels
/// are class indices or class names. Classes: options.labels_file, else the sorted names that occur, else, when all
/// labels are numbers, 0 up to the largest. Throws Error(kDataset) naming file and line.
[[nodiscard]] std::unique_ptr<Dataset> open_list_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
