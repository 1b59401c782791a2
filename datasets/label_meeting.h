// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "datasets/class_map.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// The half of map_classes() that labels decide: a set's own names met with the labels file or the model's labels.
/// Nothing when there are no labels, or when those of the model are mere positions that none of the names is. Throws
/// Error(kDataset) naming both sides.
[[nodiscard]] std::optional<ClassMap> meet_labels(const OwnClasses& own, const DatasetOptions& options);

}  // namespace qbench::datasets
