// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "datasets/class_map.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// The half of map_classes() for sets whose classes no label decides. Throws Error(kDataset) for numbers out of range
/// and for a list that mixes numbers and names.
[[nodiscard]] ClassMap order_classes(const OwnClasses& own, const DatasetOptions& options);

/// For each of `names`, which stand in class order, its position in text order or, when `numeric`, in the order of the
/// numbers in which alone they differ ("class_2" before "class_10"). Empty when that is the order they stand in, and
/// when they differ in more.
[[nodiscard]] std::vector<int> other_positions(const std::vector<std::string>& names, bool numeric);

}  // namespace qbench::datasets
