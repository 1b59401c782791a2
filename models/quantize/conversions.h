// SPDX-License-Identifier: Apache-2.0
// Internal to models/quantize: the operators between element types.
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// Float or integers of one scale to integers of another; version 2 is for int16 results.
[[nodiscard]] Operator make_quantize(const Graph& graph, int from, int to);
/// Integers to float; version 3 is for int16 operands.
[[nodiscard]] Operator make_dequantize(const Graph& graph, int from, int to);

}  // namespace qbench::models
