// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// Images named by a list file in any form that read_list() reads; map_classes() says which class each label is. A
/// label that is a whole number is a class index, unless the classes' own names hold numbers. Throws Error(kDataset)
/// naming file and line.
[[nodiscard]] std::unique_ptr<Dataset> open_list_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
