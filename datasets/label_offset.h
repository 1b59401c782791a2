// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/recipe.h"
#include "datasets/dataset.h"

namespace qbench::datasets {

/// Classes of the ImageNet models, some of which have a background besides.
inline constexpr int kBackgroundedClasses = 1000;

/// Sets the recipe's label_offset (output index of class 0) for a model with so many outputs: what the user gave; else
/// 1 when the set's labels name a background and there is one output more than classes, or for 1001 outputs and 1000
/// classes; else it stays. Returns why, or "" when the recipe is as it was.
std::string settle_label_offset(Recipe& recipe, const Dataset& dataset, int outputs);

/// Why outputs and classes do not meet, and what to type; one sentence. `recipe` is settled.
[[nodiscard]] std::string count_mismatch(const Dataset& dataset, const Recipe& recipe, int outputs);

}  // namespace qbench::datasets
