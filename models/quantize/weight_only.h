// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"
#include "models/quantize/stored_weights.h"

namespace qbench::models {

/// The float32 graph with the weights of its convolutions and fully connected layers stored as int8, one scale for each
/// output channel, and unpacked by a DEQUANTIZE: a quarter of the size, float arithmetic at float speed. Weights of
/// fewer than 256 elements stay float32, and so do all biases (see StoredWeightOptions).
[[nodiscard]] Graph weight_only(const Graph& graph, const StoredWeightOptions& options = {});

}  // namespace qbench::models
