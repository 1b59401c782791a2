// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// The float32 graph with the weights of its convolutions and fully connected layers stored as int8, one scale for each
/// output channel, and unpacked by a DEQUANTIZE: a quarter of the size, float arithmetic at float speed. Weights of
/// fewer than 256 elements and all biases stay float32.
[[nodiscard]] Graph weight_only(const Graph& graph);

}  // namespace qbench::models
