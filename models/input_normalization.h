// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/graph.h"

namespace qbench::models {

/// How the graph itself normalizes raw pixels before its first layer, as a sentence ("the graph begins with x * 0.00784
/// - 1, a normalization of raw pixels"); empty when it does not. What counts are multiplications, divisions, additions
/// and subtractions of constants right behind the first input (conversions of type and shape may stand between) that
/// bring 0..255 to an ordinary range: a factor of at most 0.05, or an offset of more than 20. Such a factor of a batch
/// normalization says the same: it was trained on raw pixels.
[[nodiscard]] std::string input_normalization(const Graph& graph);

}  // namespace qbench::models
